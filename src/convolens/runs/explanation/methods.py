"""The methods of `explain` by their names, each with the words that belong to its picture, and which layers' maps are shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.analysis.explain import (
    LayerCall,
    grad_cam,
    grad_cam_plus_plus,
    integrated_gradients,
    list_layers,
    occlusion,
)
from convolens.analysis.explain.integrated_gradients import check_gradient
from convolens.analysis.explain.layers import layer_for
from convolens.analysis.explain.pictures import HeatMap
from convolens.analysis.explain.scores import ask
from convolens.errors import ArgumentError

MOST_LAYERS = 40  # whose feature maps are drawn


@dataclass(frozen=True)
class MethodResult:
    """A method's answer: the picture, words for the page, and the gap of integrated gradients."""

    picture: HeatMap
    words: str
    gap: float | None = None


Method = Callable[[Any, np.ndarray, int, LayerCall | None], MethodResult]


def _class_map(title: str, function: Any, words: str) -> Method:
    def found(model: Any, image: np.ndarray, number: int, layer: LayerCall | None) -> MethodResult:
        name, shape = (None, None) if layer is None else (layer.name, layer.map_shape)
        heat = function(model, image, number, name)
        rows, columns, _ = shape or (1, 1, 1)
        note = f"{name}, {rows} x {columns}" if heat.max() > 0 else "nothing speaks for the class"
        return MethodResult(HeatMap(title, heat, False, "share of the strongest place", note), words)

    return found


def _occlusion(model: Any, image: np.ndarray, number: int, layer: LayerCall | None) -> MethodResult:
    heat = occlusion(model, image, number)
    words = (
        "<b>Occlusion</b> covers the photo bit by bit with its mean colour: red where the class's score falls, blue where it rises. "
        "It needs no gradient, and is the slowest and the most literal of the four."
    )
    return MethodResult(HeatMap("occlusion", heat, True, "the score falls by, when covered"), words)


def _integrated(model: Any, image: np.ndarray, number: int, layer: LayerCall | None) -> MethodResult:
    found = integrated_gradients(model, image, number)
    gap = float(found.gap)
    note = f"{found.steps} steps, gap {gap:.1%}"
    words = (
        "<b>Integrated gradients</b> say what each pixel adds to the score on the way from a black image: red for the class, blue against. "
        f"Their sum is the difference of the two scores, {float(found.score):.3g} - {float(found.baseline_score):.3g}, but for a gap of "
        f"{gap:.2%} after {found.steps} steps. Single strong pixels share the darkest colour."
    )
    return MethodResult(
        HeatMap("integrated gradients", found.attributions, True, "adds to the score", note), words, gap
    )


METHODS: dict[str, Method] = {
    "grad-cam": _class_map(
        "Grad-CAM", grad_cam,
        "<b>Grad-CAM</b> adds up the channels of the last map, each by how much it helps the class: where the evidence lies, as coarse as "
        "that map is.",
    ),
    "grad-cam++": _class_map(
        "Grad-CAM++", grad_cam_plus_plus,
        "<b>Grad-CAM++</b> weighs places, too, so that several objects of a class, or all of a large one, show.",
    ),
    "occlusion": _occlusion,
    "integrated-gradients": _integrated,
}  # fmt: skip

NEED_LAYER = {"grad-cam", "grad-cam++"}  # the others look at the photo
NEED_GRADIENT = {"integrated-gradients"}  # that reaches it


def heat_map(name: str, model: Any, image: np.ndarray, number: int, layer: LayerCall | None) -> MethodResult:
    """Return the answer of a method of `METHODS` for one image, float (rows, columns, channels), and a class.

    `layer` is that of the methods in `NEED_LAYER`.
    """
    return METHODS[name](model, image, number, layer)


def workable(
    methods: Sequence[str], model: Any, image: np.ndarray, number: int | None
) -> tuple[list[str], dict[str, str]]:
    """Return the methods that a network can be explained by, and why the others cannot explain it.

    Args:
        methods: of `METHODS`.
        model, image, number: as of `heat_map`; None is the likeliest class.

    Raises:
        ArgumentError: not one can. Others: those of `class_scores`.
    """
    refused: dict[str, ArgumentError] = {}
    with ask("explain", model, image, number) as asked:
        for name in methods:
            try:
                if name in NEED_LAYER:
                    layer_for(asked)
                elif name in NEED_GRADIENT:
                    check_gradient(asked)
            except ArgumentError as error:
                refused[name] = error
    if len(refused) == len(methods):
        raise refused[methods[0]]
    reasons = {name: str(error).removeprefix("explain: ") for name, error in refused.items()}
    return [name for name in methods if name not in refused], reasons


def chosen_layers(model: Any, image: np.ndarray, wanted: str | None) -> tuple[list[LayerCall], int]:
    """Return the calls whose maps are drawn, and how many give a map.

    Where they are more than `MOST_LAYERS`, of each convolution with its normalisation and activation only the end is
    taken, padding is left out, and of these so many at even distances, the first and the last among them. `wanted` is
    always there.
    """
    calls = [call for call in list_layers(model, image) if call.map_shape and not call.unchanged]
    total = len(calls)
    if total > MOST_LAYERS:
        full = [call for call in calls if "Pad" not in call.kind]
        ends = [
            call
            for call, after in zip(full, [*full[1:], None], strict=True)
            if after is None or after.convolves
        ]
        places = np.unique(np.linspace(0, len(ends) - 1, MOST_LAYERS).round().astype(int))
        kept = [ends[place] for place in places]
        calls = [call for call in calls if call in kept or call.name == wanted]
    return calls, total
