"""What is drawn: the photo where nothing was found, the colours where something was, every tile at its place."""

import numpy as np
import pytest
from PIL import Image

from convolens.analysis.explain import FeatureMaps, LayerCall, TopPhoto, overlay
from convolens.analysis.explain.pictures import (
    HeatMap,
    plot_feature_maps,
    plot_filters,
    plot_heat_maps,
    plot_top_photos,
)
from convolens.errors import ShapeError

PHOTO = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_overlay(channels):
    photo = np.full((4, 6, channels), 128, np.uint8)
    heat = np.zeros((4, 6))
    plain = overlay(photo, heat)
    assert (plain == plain[0, 0, 0]).all(), "grey where nothing is"
    heat[1, 2] = 1
    red, green, blue = overlay(photo, heat)[1, 2].astype(int)
    assert red > 200
    assert green > 200, "the end of inferno is a light yellow"
    assert blue < green
    signed = overlay(photo, np.where(heat > 0, -3.0, 0.0), limit=3.0)[1, 2].astype(int)
    assert signed[2] > signed[0] + 50, "blue is against"
    with pytest.raises(ShapeError, match=r"a map of shape \(6, 4\) does not fit a photo of shape"):
        overlay(photo, heat.T)


def test_heat_maps_side_by_side(tmp_path):
    heat = np.zeros((20, 30))
    heat[:, 20:] = 1.0
    maps = [HeatMap("one", heat, False, "share"), HeatMap("two", heat - 0.5, True, "score", "a note")]
    plot_heat_maps(PHOTO, maps, "cat ⽝ 99 %", tmp_path / "a.png")
    plot_heat_maps(PHOTO[..., :1], maps[:1], "grey", tmp_path / "b.png")
    assert pixels(tmp_path / "a.png").shape[1] > 1.3 * pixels(tmp_path / "b.png").shape[1]
    yellow = (np.abs(pixels(tmp_path / "b.png") - [240, 245, 170]).max(axis=2) < 60).mean()
    assert yellow > 0.05, "a third of one of two panels, at least"


def test_a_mosaic_has_every_map(tmp_path):
    """Maps whose mean grows: in the picture, so does the brightness, tile by tile."""
    layer = LayerCall("conv", "Conv2D", 1, (9, 9, 6), True, False, "")
    maps = np.linspace(0, 1, 6) * np.ones((9, 9, 1))
    plot_feature_maps(FeatureMaps(layer, tuple(range(6)), maps), "conv", tmp_path / "a.png")
    picture = pixels(tmp_path / "a.png")
    import matplotlib

    for value in np.linspace(0, 1, 6):
        wanted = np.array(matplotlib.colormaps["viridis"](value)[:3]) * 255
        share = (np.abs(picture - wanted).max(axis=2) < 4).mean()
        assert share > 0.03, value


def test_large_maps_are_shrunk(tmp_path):
    layer = LayerCall("conv", "Conv2D", 1, (300, 200, 64), True, False, "")
    maps = np.random.default_rng(0).normal(size=(300, 200, 64)).astype(np.float32)
    plot_feature_maps(FeatureMaps(layer, tuple(range(64)), maps), "conv", tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size < 600_000


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((8, 3, 3, 3), "each filter in colour, grey is 0 and its largest weight is full"),
        (
            (100, 7, 7, 3),
            "each filter in colour, grey is 0 and its largest weight is full; the 64 strongest of 100 are shown",
        ),
        ((5, 3, 2, 1), "each filter's weights"),
        ((5, 1, 1, 12), "of each filter the input channel with the largest weights (filter/channel, of 12)"),
    ],
)
def test_filters(tmp_path, shape, words):
    kernels = np.random.default_rng(0).normal(size=shape)
    assert plot_filters(kernels, "conv", tmp_path / "a.png") == words
    assert plot_filters(np.zeros(shape), "conv") == words
    assert pixels(tmp_path / "a.png").std() > 10


def test_top_photos(tmp_path):
    found = [TopPhoto(3.0 - i, i, (0.5, 0.25)) for i in range(7)]
    plot_top_photos([PHOTO] * 7, found, ["a.png"] * 7, "filter 3", (5, 9), tmp_path / "a.png")
    plot_top_photos([PHOTO[..., :1]], found[:1], ["b.png"], "filter 3", None, tmp_path / "b.png")
    assert pixels(tmp_path / "a.png").size > 2 * pixels(tmp_path / "b.png").size
