"""What the Convolve page is told: the numbers are those of the arithmetic, and no kernel is a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convolens.analysis import arithmetic
from convolens.analysis.explain import filters
from convolens.data.decoding.decode import read_pixels
from convolens.runs.folder import model_file
from convolens.runs.folder.run_folder import RunFolder
from convolens.studio.convolving.crop import busiest
from convolens.studio.workspace.identity import identity

PHOTO = identity("circle/0-000.png")
RUN = identity("first")


@pytest.fixture
def served(serve: Callable[..., Any], trained: Path) -> Any:
    return serve(trained / "photos", trained)


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "pool"),
    [("edge", 1, "valid", "max"), ([[1, -1]], 2, "same", "average"), ([[0.5] * 7] * 7, 1, "same", None)],
)
def test_the_numbers_are_those_of_the_arithmetic(
    served: Any, kernel: Any, stride: int, padding: str, pool: str | None
) -> None:
    asked = {"photo": PHOTO, "kernel": kernel, "stride": stride, "padding": padding, "pool": pool, "side": 9}
    status, found = served.ask("/api/convolve", asked)
    assert status == 200
    pixels = np.array(found["input"]["values"])
    convolution = arithmetic.convolve(pixels[..., 0], kernel, stride, padding)
    assert np.array_equal(found["feature_map"]["values"], convolution.result)
    assert found["cells"][1]["sum"] == convolution.cell(0, 1).sum
    if pool is None:
        assert "pooling" not in found
    else:
        pooled = arithmetic.pool(convolution.result, pool, 2)
        assert np.array_equal(found["pooling"]["pooled_map"]["values"], pooled.result)


def test_pixels_are_the_photos(served: Any) -> None:
    found = served.ask(
        "/api/convolve", {"photo": PHOTO, "row": 2, "column": 3, "side": 4, "channel": "green"}
    )[1]
    whole = read_pixels(served.studio.workspace.photos / "circle/0-000.png")
    assert np.array_equal(np.array(found["input"]["values"])[..., 0], whole[2:6, 3:7, 1])
    assert found["crop"] == {"top": 2, "left": 3, "rows": 4, "columns": 4, "of": list(whole.shape[:2])}


def test_a_place_beyond_the_photo_is_brought_inside(served: Any) -> None:
    found = served.ask("/api/convolve", {"photo": PHOTO, "row": 999, "column": 999, "side": 4})[1]
    rows, columns = found["crop"]["of"]
    assert (found["crop"]["top"], found["crop"]["left"]) == (rows - 4, columns - 4)


def test_the_first_place_is_the_busiest() -> None:
    values = np.zeros((9, 11), np.uint8)
    values[5:7, 6:9] = [[0, 255, 0], [255, 0, 255]]
    top, left = busiest(values, 3, 3)
    assert (values[top : top + 3, left : left + 3] > 0).sum() == 3
    assert busiest(np.full((3, 3), 7, np.uint8), 3, 3) == (0, 0)


def test_kernels_with_names_are_all_there(served: Any) -> None:
    found = served.ask("/api/convolve/kernels")[1]["kernels"]
    assert {one["name"]: one["values"] for one in found} == {
        name: np.array(rows, float).tolist() for name, rows in arithmetic.KERNELS.items()
    }


def test_a_learnt_kernel_is_the_layers(served: Any, trained: Path) -> None:
    layers = served.ask(f"/api/convolve/layers?run={RUN}")[1]["layers"]
    assert [one["shown"] for one in layers] == [True] * len(layers)
    model = model_file.load(RunFolder.open(trained / "runs/first")).model
    kernels = filters(model, layers[1]["name"])
    status, found = served.ask(f"/api/convolve/learnt?run={RUN}&layer={layers[1]['name']}&filter=3&channel=2")
    assert status == 200
    assert np.array_equal(np.array(found["values"], np.float32), kernels[3, :, :, 2])


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"kernel": "/etc/hostname"}, "convolve: unknown kernel '/etc/hostname'."),
        ({"kernel": [[1] * 8]}, "convolve: a kernel here has 1 to 7 rows and columns; received 1 rows."),
        ({"kernel": []}, "convolve: a kernel here has 1 to 7 rows and columns; received 0 rows."),
        ({"kernel": [[1], [1, 2]]}, "convolve: the kernel must be numbers, with rows of one length;"),
        ({"side": 3, "kernel": [[1] * 5] * 5}, "convolve: a kernel of 5 x 5 (rows x columns) is larger than the padded input of 3 x 3;"),
        ({"side": 99}, "side: Input should be less than or equal to 16; it was '99'."),
        ({"padding": "full"}, "padding: Input should be 'valid' or 'same'; it was 'full'."),
        ({"side": 3, "pool": "max", "pool_size": 4}, "pool: a pooling window of 4 x 4"),
    ],
)  # fmt: skip
def test_what_does_not_do_is_told(served: Any, asked: dict[str, Any], error: str) -> None:
    status, said = served.ask("/api/convolve", {"photo": PHOTO, **asked})
    assert status == 400
    assert said["error"].startswith(error)


def test_kernels_that_are_not_there_are_told(served: Any) -> None:
    layer = served.ask(f"/api/convolve/layers?run={RUN}")[1]["layers"][0]
    for more, error in (
        (f"layer={layer['name']}&filter=9999", f"convolve: layer {layer['name']!r} has {layer['filters']} filters,"),
        (f"layer={layer['name']}&channel=9", f"convolve: a filter of layer {layer['name']!r} has {layer['channels']} channels, from 0; received channel 9."),
        ("layer=nothing", "filters: unknown layer 'nothing'."),
    ):  # fmt: skip
        status, said = served.ask(f"/api/convolve/learnt?run={RUN}&{more}")
        assert status == 400
        assert said["error"].startswith(error)
