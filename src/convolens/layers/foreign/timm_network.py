"""TimmNetwork: a whole network of the package timm as one layer."""

from typing import Any

import torch

from convolens.arguments import did_you_mean, integer
from convolens.errors import ExtraMissingError, ShapeError, UnknownNameError
from convolens.layers.layer import Layer
from convolens.layers.weight_entry import WeightEntry


def require_timm(where: str) -> Any:
    """Return the package timm.

    Raises:
        ExtraMissingError: it is not installed.
    """
    try:
        import timm
    except ImportError as error:
        raise ExtraMissingError(
            f"{where}: the package timm is not installed; pip install 'convolens[zoo]', or take a network of "
            "`convolens models`."
        ) from error
    return timm


def check_timm_name(where: str, model: str) -> str:
    """Return `model` if timm has a network of this name.

    Raises:
        UnknownNameError: it has none; the nearest is offered. ExtraMissingError: timm is not installed.
    """
    timm = require_timm(where)
    known = timm.list_models()
    if model not in known:  # no tags, no addresses: nothing is fetched from anywhere
        raise UnknownNameError(
            f"{where}: timm has no network {model!r}.{did_you_mean(model, known)} It has {len(known)}, which "
            "timm.list_models() lists."
        )
    return model


class TimmNetwork(Layer):
    """A network of timm (Wightman, "PyTorch Image Models") that gives logits; its weights have timm's names.

    Args:
        model: timm's name of it, without a tag.
        classes: outputs.
        features: leave the classifier out, and give what goes into it.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, classes), or (batch, features).

    Raises:
        ExtraMissingError: timm is not installed (extra `zoo`). UnknownNameError: timm has no such network.
        ShapeError: it cannot take images of that shape.

    Example:
        >>> try:
        ...     shape = TimmNetwork("resnet18", 5).compute_output_shape((None, 64, 64, 3))
        ... except ExtraMissingError:
        ...     shape = (None, 5)
        >>> shape
        (None, 5)
    """

    def __init__(self, model: str, classes: int, features: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.features = bool(features)
        self.model = check_timm_name(self.title, model)
        self.classes = integer(self.title, "classes", classes)

    def build(self, input_shape: Any) -> None:
        rows, columns, channels = self._image(input_shape)
        timm = require_timm(self.title)
        try:
            network = timm.create_model(
                self.model, pretrained=False, num_classes=self.classes, in_chans=channels
            ).eval()
            if self.features:
                network.reset_classifier(0)
            parameter = next(network.parameters())
            with torch.random.fork_rng(devices=[]), torch.no_grad():
                outputs = network(torch.zeros((1, channels, rows, columns), device=parameter.device))
            self.width = int(outputs.shape[-1])
            if tuple(outputs.shape) != (1, self.width if self.features else self.classes):
                raise ValueError(f"its output has shape {tuple(outputs.shape)}")
        except (RuntimeError, ValueError, TypeError, AssertionError, AttributeError, LookupError) as error:
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise ShapeError(
                f"{self.title}: timm's {self.model} cannot classify images of {rows} x {columns} pixels and {channels} "
                f"channels ({reason}); try the size that it was made for."
            ) from error
        self.network = network.train()

    def _image(self, input_shape: Any) -> tuple[int, int, int]:
        if len(input_shape) != 4 or None in input_shape[1:]:
            raise ShapeError(
                f"{self.title}: takes images (None, rows, columns, channels) of a known size; received {tuple(input_shape)}."
            )
        return input_shape[1], input_shape[2], input_shape[3]

    @property
    def classifier(self) -> torch.nn.Module:
        """The part that the number of classes belongs to."""
        return self.network.get_classifier()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network(x)  # (n, c, h, w) -> (n, classes)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        if self.features and not self.built:
            self.build_once(input_shape)  # only the network itself tells how many there are
        return (input_shape[0], self.width if self.features else self.classes)

    def standard_entries(self) -> list[WeightEntry]:
        if not self.built:
            return []
        trained = {name for name, _ in self.network.named_parameters()}
        return [
            WeightEntry(name, tensor, trainable=name in trained)
            for name, tensor in self.network.state_dict(keep_vars=True).items()
            if tensor.is_floating_point()
        ]

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if not self.features:
            del config["features"]
        return config
