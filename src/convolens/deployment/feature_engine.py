"""feature_engine: a network as far as its taps, computed by onnxruntime instead of torch, and compared with torch before it counts."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch

from convolens.arguments import one_of
from convolens.deployment.packages import EXPORTING, check_packages
from convolens.errors import ArgumentError, ExportError
from convolens.features.extraction.tapped_network import Tapped, TappedNetwork
from convolens.runs.output.screen import Screen

TOLERANCE = 1e-4  # of a feature, as a share of the largest of its layer
_TRIALS = 3  # of a batch, by each in turn


def feature_engine(name: str, screen: Screen | None = None) -> Callable[[TappedNetwork], Tapped]:
    """Return an engine for `features.extract`: onnxruntime takes about half of torch's time for EfficientNet-Lite0 on a CPU.

    The network becomes a graph with the first batch; what both give of that batch is compared.

    Args:
        name: "onnxruntime"; or "auto", which takes torch where it is faster on the first batch, or cannot become a graph.
        screen: told which of the two "auto" takes, and why.

    Raises:
        ExtraMissingError: onnx, onnxscript or onnxruntime are not installed. UnknownNameError: another name.

    Example:
        >>> engine = feature_engine("onnxruntime")
        >>> from convolens.features import extract
        >>> network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 5), torch.nn.Linear(5, 2))
        >>> photos = np.ones((3, 2, 2, 3), np.float32)
        >>> ours, theirs = (extract(network, photos, cache=False, **given) for given in ({}, {"engine": engine}))
        >>> np.abs(ours.values - theirs.values).max() < 1e-5
        np.True_
    """
    one_of("features", "engine", name, ["onnxruntime", "auto"])
    screen = screen or Screen(quiet=True)
    check_packages("features", EXPORTING, screen.warn)
    return lambda network: _TappedGraph(network, name == "auto", screen)


class _TappedGraph:
    """A tapped network that becomes a graph with its first batch."""

    def __init__(self, network: TappedNetwork, chooses: bool, screen: Screen) -> None:
        self.network, self.chooses, self.screen = network, chooses, screen
        self.module, self.taps = network.module, network.taps
        self._run: Callable[[Any], dict[str, torch.Tensor]] | None = None

    def ready(self) -> AbstractContextManager[None]:
        return self.network.ready()

    def __call__(self, x: Any) -> dict[str, torch.Tensor]:
        if self._run is None:
            self._run = self._chosen(x)
        return self._run(x)

    def _chosen(self, x: Any) -> Callable[[Any], dict[str, torch.Tensor]]:
        """Return what computes from now on."""
        try:
            graph = self._graph(x)
        except (ExportError, ArgumentError) as error:
            if not self.chooses:
                raise
            self.screen.line(f"torch: {error}")
            return self.network
        if not self.chooses:
            return graph
        seconds: dict[str, list[float]] = {"torch": [], "onnxruntime": []}
        for _ in range(_TRIALS):
            for name, run in (("torch", self.network), ("onnxruntime", graph)):
                began = time.perf_counter()
                run(x)
                seconds[name].append(time.perf_counter() - began)
        rates = {name: len(x) / min(taken) for name, taken in seconds.items()}
        fastest = max(rates, key=lambda name: rates[name])
        said = ", ".join(f"{name} {rate:.0f} photos/s" for name, rate in rates.items())
        self.screen.line(f"{fastest} computes: of the first batch {said}")
        return graph if fastest == "onnxruntime" else self.network

    def _graph(self, x: Any) -> Callable[[Any], dict[str, torch.Tensor]]:
        """Return what computes by a graph, which gives of a batch what torch gives."""
        if isinstance(x, list):
            raise ArgumentError(
                "features: a network of several inputs is computed by torch; take --engine torch."
            )
        if x.device.type != "cpu":
            raise ArgumentError(
                f"features: onnxruntime computes on the CPU; take --engine torch for {x.device.type}."
            )
        import onnx_ir as ir
        import onnxruntime

        from convolens.deployment.graph.exporters import exported

        names = [f"features_{place}" for place in range(len(self.taps))]
        made = ir.to_proto(exported(_Outputs(self.network), x[:1].repeat(2, 1, 1, 1).clone(), names))
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors alone
        options.intra_op_num_threads = torch.get_num_threads()
        session = onnxruntime.InferenceSession(
            made.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        (taken,) = session.get_inputs()

        def run(x: torch.Tensor) -> dict[str, torch.Tensor]:
            found = session.run(names, {taken.name: np.ascontiguousarray(x.numpy())})
            return {tap.name: torch.from_numpy(value) for tap, value in zip(self.taps, found, strict=True)}

        ours, theirs = self.network(x), run(x)
        for name, value in ours.items():
            off = float((value - theirs[name]).abs().max() / value.abs().max().clamp(min=1e-12))
            if not off <= TOLERANCE:
                raise ExportError(
                    f"features: layer {name!r} differs by {off:.1e} of its largest value between torch and onnxruntime (at most "
                    f"{TOLERANCE:g}); take --engine torch."
                )
        return run


class _Outputs(torch.nn.Module):
    """A tapped network for an exporter: a batch in, its features out, in the order of the taps."""

    def __init__(self, network: TappedNetwork) -> None:
        super().__init__()
        self.module, self.network = network.module, network

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return tuple(self.network(pixels).values())
