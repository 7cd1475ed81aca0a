"""Layers: which one to look at. The calls of a network's layers for an image, and the last map before the classifier.

The last map is found in the graph that autograd keeps of the work itself, so a network nested in another is no obstacle.
Only maps count that every way from the image to the score leads through (`graph.Ways`): the concatenation of an Inception
module and not one of its branches, the sum of a residual block and not the convolution inside. Of these it is the last one
with more than one place; and where rows and columns were pooled after the last convolution, the last before that pooling.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from convolens.analysis.cost.receptive_axes import tensors_in
from convolens.analysis.explain.graph import Place, Ways, place_of
from convolens.analysis.explain.scores import Asked, ask
from convolens.arguments import did_you_mean
from convolens.errors import ArgumentError, ShapeError, UnknownNameError
from convolens.training.hooks import hooked

_CONVOLUTIONS = ("conv2d", "conv_transpose2d", "convolution")
_MOST_LISTED = 40


@dataclass(frozen=True)
class LayerCall:
    """One call of a layer, for one image.

    Attributes:
        name: path of the module in the network, "layer4.2.conv3" say.
        kind: class of the module.
        call: 1 for the first use, 2 for the second ...
        map_shape: (rows, columns, channels) of the map that it gives; None where it gives something else.
        convolves: whether it computes a convolution itself.
        unchanged: whether it gives what it was given (dropout in inference, or a group of layers the last one's map).
        gives: what it gives, in words.
    """

    name: str
    kind: str
    call: int
    map_shape: tuple[int, int, int] | None
    convolves: bool
    unchanged: bool
    gives: str

    @property
    def places(self) -> int:
        """Rows times columns of its map; 0 where there is none."""
        return 0 if self.map_shape is None else self.map_shape[0] * self.map_shape[1]


@dataclass
class _Frame:
    name: str
    kind: str
    call: int
    order: int = -1  # in which the calls end
    convolves: bool = False
    unchanged: bool = False
    output: Any = None
    version: int = 0  # of the output's memory: a later change in place makes it another map
    place: Place = (None, 0)  # in autograd's graph, before such a change

    @property
    def key(self) -> tuple[int, int]:
        return id(self.output), self.version

    def described(self) -> LayerCall:
        map_shape, gives = None, f"a {type(self.output).__name__}"
        if isinstance(self.output, torch.Tensor):
            shape = tuple(int(size) for size in self.output.shape)
            gives = f"numbers of shape {shape}"
            if len(shape) == 4 and self.output.is_floating_point():
                map_shape = (shape[2], shape[3], shape[1])  # (n, c, h, w)
        return LayerCall(self.name, self.kind, self.call, map_shape, self.convolves, self.unchanged, gives)


@dataclass(frozen=True)
class _Convolution:
    time: int  # how many layers had ended before
    place: Place
    places: int


class _Recorder(TorchFunctionMode):
    """Sees the layers' calls and the convolutions in them, of layers and of plain functions alike."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[_Frame] = []
        self.convolutions: list[_Convolution] = []
        self.calls: dict[str, int] = {}
        self._stack: list[_Frame] = []
        self._given: list[set[tuple[int, int]]] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        if getattr(func, "__name__", "") in _CONVOLUTIONS and self._stack and out.ndim == 4:
            self._stack[-1].convolves = True
            places = out.shape[2] * out.shape[3]
            self.convolutions.append(_Convolution(len(self.frames), place_of(out), places))
        return out

    @contextmanager
    def listening(self, module: torch.nn.Module) -> Iterator[None]:
        with ExitStack() as stack:
            for name, child in module.named_modules():

                def enter(layer: torch.nn.Module, inputs: Any, name: str = name) -> None:
                    self.calls[name] = self.calls.get(name, 0) + 1
                    self._stack.append(_Frame(name, type(layer).__name__, self.calls[name]))
                    self._given.append({(id(item), item._version) for item in tensors_in(inputs)})

                stack.enter_context(hooked(child, after=self._leave, before=enter))
            stack.enter_context(self)
            yield

    def _leave(self, layer: torch.nn.Module, inputs: Any, output: Any) -> None:
        frame, given = self._stack.pop(), self._given.pop()
        frame.order, frame.output = len(self.frames), output
        if isinstance(output, torch.Tensor):
            frame.version, frame.place = output._version, place_of(output)
            frame.unchanged = frame.key in given or any(frame.key == other.key for other in self.frames)
        self.frames.append(frame)


def _record(asked: Asked, gradients: bool) -> tuple[_Recorder, torch.Tensor, torch.Tensor]:
    """Return what the layers do for the first image, its score, and the image."""
    recorder = _Recorder()
    x = asked.x[:1].clone().requires_grad_(gradients)
    with torch.set_grad_enabled(gradients), recorder.listening(asked.module):
        # not the image itself: a network may write over what it is given
        scores = asked.score(x.clone())
    return recorder, scores[0, asked.classes[0]], x


def list_layers(model: Any, image: Any) -> list[LayerCall]:
    """Return the calls of a network's layers for an image, in the order in which they end.

    Args:
        model: a `Model` or any torch module that gives (batch, classes).
        image: float (rows, columns, channels), as the network takes it.

    Raises:
        Errors: those of `class_scores`.

    Example:
        >>> network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Flatten(), torch.nn.Linear(16, 2))
        >>> import numpy as np
        >>> [(layer.name, layer.map_shape) for layer in list_layers(network, np.zeros((4, 4, 3)))]
        [('0', (2, 2, 4)), ('1', None), ('2', None)]
    """
    with ask("list_layers", model, image) as asked:
        recorder = _record(asked, gradients=False)[0]
        return [frame.described() for frame in recorder.frames if frame.name]


def find_layer(model: Any, image: Any, name: str | None = None, class_number: int | None = None) -> LayerCall:
    """Return the layer that is meant; without a name the one that `grad_cam` takes.

    Args:
        model: a `Model` or any torch module that gives (batch, classes).
        image: float (rows, columns, channels), as the network takes it.
        name: a path of modules, or the end of one where only one layer has it ("conv5" for "encoder.conv5").
            The last of its calls that gives a map is taken. None takes the last map before the classifier.
        class_number: whose gradient must reach the map; None is the likeliest class.

    Raises:
        UnknownNameError: no such layer; the nearest is offered. ArgumentError: it is not used, or no convolution is there.
        ShapeError: it gives no map of more than one place. Others: those of `class_scores`.

    Example:
        >>> import numpy as np
        >>> features = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(2))
        >>> network = torch.nn.Sequential(features, torch.nn.Flatten(), torch.nn.Linear(16, 2))
        >>> find_layer(network, np.zeros((6, 6, 3))).name
        '0.1'
    """
    with ask("find_layer", model, image, class_number) as asked:
        return layer_for(asked, name)


def layer_for(asked: Asked, name: str | None = None) -> LayerCall:
    """Return the layer of a name, or the last map, as `find_layer` describes.

    Raises:
        UnknownNameError: no such layer; the nearest is offered. ArgumentError: it is not used, or no convolution is there.
        ShapeError: it gives no map of more than one place.
    """
    if name is None:
        return _last_map(asked)
    recorder = _record(asked, gradients=False)[0]
    calls = [frame.described() for frame in recorder.frames if frame.name]
    full = full_name(asked.where, asked.module, name, [call.name for call in calls if call.places > 1])
    of_name = [call for call in calls if call.name == full]
    if not of_name:
        raise ArgumentError(
            f"{asked.where}: layer {full!r} takes no part in what the network says of this image; name another."
        )
    mapped = [call for call in of_name if call.places > 1]
    if not mapped:
        last = of_name[-1]
        gives = "a map of one place" if last.places == 1 else last.gives
        raise ShapeError(
            f"{asked.where}: layer {full!r} ({last.kind}) gives {gives}, which has no places to show; name a layer before it."
        )
    return mapped[-1]


def full_name(where: str, module: torch.nn.Module, name: str, listed: Sequence[str]) -> str:
    """Return the path of the module that is meant.

    Args:
        where: names the caller in errors.
        name: a path, or the end of one that is the only one.
        listed: what an error lists.

    Raises:
        UnknownNameError: no module, or several.
    """
    known = [path for path, _ in module.named_modules() if path]
    if name in known:
        return name
    ends = [path for path in known if path.endswith(f".{name}")]
    if len(ends) == 1:
        return ends[0]
    if ends:
        raise UnknownNameError(f"{where}: several layers end in {name!r}: {_listed(ends)}. Name one in full.")
    raise UnknownNameError(
        f"{where}: unknown layer {name!r}.{did_you_mean(name, known)} Layers: {_listed(dict.fromkeys(listed))}."
    )


def _listed(names: Any) -> str:
    names = list(names)
    more = f" ... ({len(names)} in all)" if len(names) > _MOST_LISTED else ""
    return (", ".join(names[:_MOST_LISTED]) + more) or "none"


def _last_map(asked: Asked) -> LayerCall:
    recorder, score, image = _record(asked, gradients=True)
    if not recorder.convolutions:
        raise ArgumentError(
            f"{asked.where}: the network has no convolution, so no map to show; give one that has."
        )
    ways = Ways(score, image)
    maps = [
        (frame, call)
        for frame in recorder.frames
        if frame.name and (call := frame.described()).map_shape is not None and ways.all_through(frame.place)
    ]
    convolutions = [item for item in recorder.convolutions if ways.reach(item.place)]
    if not convolutions or not maps:
        raise ArgumentError(
            f"{asked.where}: no layer by itself gives a map that all of the score's gradient passes through (networks side by "
            "side have none in common; a part may run under torch.no_grad, or outside of layers); name a layer, or take occlusion, which needs no gradient."
        )
    if any(call.places > 1 for _, call in maps):
        maps = [(frame, call) for frame, call in maps if call.places > 1]
        convolutions = [item for item in convolutions if item.places > 1]
    begun = [item.time for item in convolutions if item.time <= maps[-1][0].order]
    later = [(frame, call) for frame, call in maps if frame.order >= max(begun, default=maps[-1][0].order)]
    size = later[0][0].output.shape[2:]
    chosen = [frame for frame, _ in later if frame.output.shape[2:] == size][-1]
    same = [(frame, call) for frame, call in maps if frame.key == chosen.key]  # a group and its last layer
    return next((call for frame, call in same if recorder.calls[frame.name] == 1), same[0][1])
