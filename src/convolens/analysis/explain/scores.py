"""Scores: the numbers behind the last softmax or sigmoid, one a class, which explanations speak of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from convolens.analysis.cost.costs import checked_module
from convolens.analysis.cost.tracer import memory
from convolens.arguments import integer
from convolens.errors import ArgumentError, ArgumentTypeError, ConvolensError, ShapeError
from convolens.layers import Layer
from convolens.layers.axes import inside
from convolens.models.feeding import feed, only_input
from convolens.training.inputs.arrays import as_arrays
from convolens.training.mode import mode

_LAST = ("softmax", "log_softmax", "sigmoid", "logsigmoid", "hardsigmoid", "special_expit")


class _LastActivation(TorchFunctionMode):
    """A mode that remembers the last softmax or sigmoid that was computed: what went in, what came out."""

    given: torch.Tensor | None = None
    made: torch.Tensor | None = None

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", "")
        if name.rstrip("_") not in _LAST:
            return func(*args, **(kwargs or {}))
        given = args[0] if args else (kwargs or {}).get("input")
        if name.endswith("_") and isinstance(given, torch.Tensor):
            given = given.clone()  # it is going to be written over
        out = func(*args, **(kwargs or {}))
        if isinstance(out, torch.Tensor) and isinstance(given, torch.Tensor):
            self.given, self.made = given, out
        return out

    def before(self, output: torch.Tensor) -> torch.Tensor:
        """Return what became `output` by the activation, or `output` itself where none made it."""
        if self.given is None or self.made is None or self.given.numel() != output.numel():
            return output
        same = output is self.made or memory(output) == memory(self.made)
        return self.given.reshape(output.shape) if same else output


def logits(where: str, module: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Return the scores of images, (n, classes): what goes into the network's last softmax or sigmoid.

    Near 0 and 1 a probability hardly moves, and its gradient vanishes; the score behind it does not. Where the network ends
    in neither, its output is taken as it is. One output becomes two classes, the first its negative.

    Args:
        where: names the caller in errors.
        module: in inference mode.
        x: (n, channels, rows, columns).

    Raises:
        ShapeError: the network cannot take it, or gives something else than (n, classes).
    """
    last = _LastActivation()
    try:
        with last:
            output = module(x)
    except ConvolensError:
        raise
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        said = " ".join(str(error).split())
        if "memory" in said:
            raise
        shape = (x.shape[2], x.shape[3], x.shape[1])
        raise ShapeError(
            f"{where}: the network cannot take an image of shape {shape} (rows, columns, channels): {said[:300]}"
        ) from error
    if not isinstance(output, torch.Tensor):
        raise ArgumentTypeError(
            f"{where}: the network gives a {type(output).__name__}, not one tensor of scores; wrap it in a module whose forward "
            "returns (batch, classes)."
        )
    if output.ndim != 2 or len(output) != len(x):
        raise ShapeError(
            f"{where}: the network must give (batch, classes); for {len(x)} images it gives {tuple(output.shape)}. Give it a "
            "classifier at the end."
        )
    scores = last.before(output)
    return torch.cat([-scores, scores], dim=1) if scores.shape[1] == 1 else scores


@dataclass(frozen=True)
class Asked:
    """What an explanation is asked for, checked.

    Attributes:
        module: the network, in inference mode.
        x: the images, (n, channels, rows, columns).
        classes: the class of each, int64 (n,).
        scores: of all classes, (n, classes).
        single: whether one image without a batch was given.
    """

    where: str
    module: torch.nn.Module
    x: torch.Tensor
    classes: torch.Tensor
    scores: torch.Tensor
    single: bool

    @property
    def score(self) -> Callable[[torch.Tensor], torch.Tensor]:
        """The function from images to the scores of all classes."""
        return lambda x: logits(self.where, self.module, x)

    def chosen(self, scores: torch.Tensor) -> torch.Tensor:
        """Return the scores (n,) of the classes that are asked for."""
        return scores.gather(1, self.classes[:, None])[:, 0]

    def given_back(self, maps: torch.Tensor) -> np.ndarray:
        """Return maps (n, ...) as an array, without the batch where none was given."""
        array = maps.detach().float().cpu().numpy()
        return array[0] if self.single else array


@contextmanager
def ask(where: str, model: Any, image: Any, class_number: int | None = None) -> Iterator[Asked]:
    """Yield what is asked for; meanwhile the network is in inference mode.

    Args:
        where: names the caller in errors.
        model: a `Model` or a torch module.
        image: (rows, columns, channels) or (n, rows, columns, channels), as the network takes it.
        class_number: None takes the likeliest class of each image.

    Raises:
        ArgumentTypeError: not a network. ShapeError: not an image, or not of the network's shape.
        ArgumentError: no such class; values that are no numbers.
    """
    array, single = checked_image(where, image)
    module = model if isinstance(model, torch.nn.Module) else getattr(model, "module", None)
    if isinstance(module, Layer) and not module.built:
        feed(where, module, array)
    module = checked_module(model, where)
    first = next((item for item in module.parameters() if item.is_floating_point()), torch.zeros(0))
    x = inside(array).to(device=first.device, dtype=first.dtype)  # (n, h, w, c) -> (n, c, h, w)
    with torch.inference_mode(False), mode(module, training=False):
        with torch.no_grad():
            scores = logits(where, module, x)
        if not torch.isfinite(scores).all():
            raise ArgumentError(
                f"{where}: the network gives NaN or infinite scores for this image; its weights are damaged or its training "
                "broke down. Take other weights."
            )
        if class_number is None:
            classes = scores.argmax(dim=1)
        else:
            number = integer(where, "class_number", class_number, 0, scores.shape[1] - 1)
            classes = torch.full((len(x),), number, device=scores.device)
        yield Asked(where, module, x, classes, scores, single)


def checked_image(where: str, image: Any) -> tuple[np.ndarray, bool]:
    """Return images as float32 (n, rows, columns, channels), and whether there was one without a batch.

    Raises:
        ShapeError: of another shape. ArgumentError: not all of its values are finite numbers.
    """
    given = as_arrays(image)
    if isinstance(given, list):
        given = only_input(where, given)
    array = given.detach().cpu().numpy() if isinstance(given, torch.Tensor) else np.asarray(given)
    if array.ndim not in (3, 4) or 0 in array.shape or array.dtype.kind not in "fiub":
        raise ShapeError(
            f"{where}: image must be numbers of shape (rows, columns, channels) or (n, rows, columns, channels); received "
            f"{array.dtype} of shape {array.shape}."
        )
    array = array.astype(np.float32)
    if not np.isfinite(array).all():
        raise ArgumentError(f"{where}: the image holds NaN or infinite values; give finite numbers.")
    return (array[np.newaxis], True) if array.ndim == 3 else (array, False)


def class_scores(model: Any, image: Any) -> np.ndarray:
    """Return the score of every class for an image, before the last softmax or sigmoid (the logits).

    Args:
        model: a `Model` or any torch module that gives (batch, classes).
        image: float (rows, columns, channels), or (n, rows, columns, channels), as the network takes it.

    Returns:
        float32 (classes,) or (n, classes); of a network of one output two classes, the first its negative.

    Raises:
        Errors: those of `ask`.

    Example:
        >>> network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Softmax(1))
        >>> class_scores(network, np.array([[[50.0], [-50.0]]])).tolist()
        [50.0, -50.0]
    """
    with ask("class_scores", model, image) as asked:
        return asked.given_back(asked.scores)
