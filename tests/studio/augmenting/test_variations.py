"""What the Augment page is told: the pixels are a training's, and program and command that it gives do the same."""

import io
import json
import shlex
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from PIL import Image

from convolens.augmentation import Augmentation
from convolens.cli.app import make_app
from convolens.cli.with_options import _made
from convolens.data.decoding.decode import read_pixels
from convolens.options.augmentation import Variations
from convolens.options.option import options_of
from convolens.options.training import TrainOptions
from convolens.runs.photos.augment import LECTURE, vary
from convolens.runs.settings.options import resolve
from convolens.studio.augmenting.controls import controls
from convolens.studio.workspace.identity import identity

PHOTO, OTHER = identity("circle/0-000.png"), identity("cross/0-000.png")
EVERYTHING = {
    "rotation_range": 20, "width_shift_range": 0.1, "height_shift_range": 0.05, "shear_range": 3.5, "zoom_range": 0.4,
    "channel_shift_range": 12, "brightness_range": [0.7, 1.25], "horizontal_flip": True, "vertical_flip": True,
    "fill_mode": "constant", "cval": 100, "random_resized_crop": [0.6, 1], "pad_and_crop": 4, "random_erasing": 0.5,
    "colour_jitter": [0.2, 0.2, 0.2, 0.05], "mixup": 0.2, "cutmix": 1, "randaugment": [2, 9],
}  # fmt: skip


@pytest.fixture
def served(serve: Callable[..., Any], trained: Path) -> Any:
    return serve(trained / "photos", trained)


def ask(served: Any, **asked: Any) -> tuple[np.ndarray, dict[str, Any]]:
    """The twenty variations, uint8 (20, 150, 150, 3), and what is told of them."""
    token = "a-token-of-the-tests"
    request = urllib.request.Request(
        f"{served.address}/api/augment",
        json.dumps({"photo": PHOTO, **asked}).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        told, data = json.loads(answer.headers["x-told"]), answer.read()
    sprite = np.asarray(Image.open(io.BytesIO(data)))
    tiles = sprite.reshape(4, 150, 5, 150, 3).transpose(0, 2, 1, 3, 4).reshape(20, 150, 150, 3)
    return tiles, told


def test_pixels_and_words_are_those_of_the_command(served: Any, trained: Path) -> None:
    tiles, told = ask(served, fields=LECTURE, seed=3)
    pixels = read_pixels(trained / "photos/circle/0-000.png", size=(150, 150))[np.newaxis]
    for index in (0, 7, 19):
        image, words = vary(pixels, Augmentation(**LECTURE), 3, index)
        assert np.array_equal(tiles[index], image)
        assert told["drawn"][index] == words
    assert told["described"] == Augmentation(**LECTURE).describe()


@pytest.mark.parametrize(
    "fields",
    [{}, dict(LECTURE), EVERYTHING, {"trivialaugment": True}],
    ids=["none", "lecture", "all", "trivial"],
)
def test_the_program_makes_the_same_pixels(served: Any, fields: dict[str, Any]) -> None:
    tiles, told = ask(served, fields=fields, seed=11, partner=OTHER)
    names: dict[str, Any] = {}
    exec(told["python"], names)
    assert np.array_equal(names["varied"], tiles)


def test_the_program_reads_samples(served: Any) -> None:
    tiles, told = ask(served, photo="~flower", fields={"zoom_range": 0.3})
    names: dict[str, Any] = {}
    exec(told["python"], names)
    assert np.array_equal(names["varied"], tiles)


def test_the_program_reads_any_photo_as_the_page_does(serve: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "photos/a").mkdir(parents=True)
    values = np.random.default_rng(0).integers(0, 4096, (20, 30)).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "photos/a/deep.png")
    Image.fromarray((values[..., np.newaxis] // [16, 20, 30, 17]).astype(np.uint8)).save(
        tmp_path / "photos/a/clear.png"
    )
    served = serve(tmp_path / "photos", tmp_path)
    for name in ("deep", "clear"):
        tiles, told = ask(served, photo=identity(f"a/{name}.png"), fields={"rotation_range": 10})
        names: dict[str, Any] = {}
        exec(told["python"], names)
        assert np.array_equal(names["varied"], tiles)


@pytest.mark.parametrize(
    "fields",
    [{}, dict(LECTURE), EVERYTHING, {"trivialaugment": True}],
    ids=["none", "lecture", "all", "trivial"],
)
def test_the_command_asks_for_the_same(served: Any, fields: dict[str, Any]) -> None:
    told = ask(served, fields=fields, partner=OTHER)[1]
    program, command, *words = shlex.split(told["command"])
    assert (program, command) == ("convolens", "train")
    parser: Any = typer.main.get_command(make_app()).commands["train"]  # type: ignore[attr-defined]
    context = parser.make_context("train", list(words))
    asked = _made(TrainOptions, context.params)
    assert str(asked.data) == str(served.studio.workspace.photos)
    wanted = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    assert resolve(asked).augmentation == Augmentation(**wanted)


def test_every_option_has_a_control(served: Any) -> None:
    found = served.ask("/api/augment")[1]
    assert [one["name"] for one in found["controls"]] == [item.name for item in options_of(Variations)]
    for one in found["controls"]:
        if one["kind"] == "switch":
            Augmentation(**{one["name"]: True})
        for end in ("low", "high"):
            values = [part[end] for part in one["parts"]]
            if one["name"] == "randaugment":
                values[0] = max(1, values[0])  # none is off
            if values:
                Augmentation(**{one["name"]: values[0] if one["kind"] == "number" else tuple(values)})
        for mode in one["choices"]:
            Augmentation(**{one["name"]: mode})


def test_where_a_control_is_off_nothing_changes() -> None:
    off: dict[str, Any] = {}
    for one in controls():
        values = [part["off"] for part in one["parts"]]
        if values and None not in values:
            off[one["name"]] = values[0] if one["kind"] == "number" else tuple(values)
    assert len(off) == 14
    pixels = np.random.default_rng(0).integers(0, 256, (1, 20, 20, 3), np.uint8)
    for index in range(5):
        assert np.array_equal(vary(pixels, Augmentation(**off), 0, index)[0], pixels[0])


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"fields": {"rotation_range": "x"}}, "augment: rotation_range goes from 0 to 180 here; received 'x'."),
        ({"fields": {"width_shift_range": 10**30}}, "augment: width_shift_range goes from 0 to 0.5 here; received 1000000"),
        ({"fields": {"zoom_range": 1e308}}, "augment: zoom_range goes from 0 to 0.9 here; received 1e+308."),
        ({"fields": {"rotation_range": True}}, "augment: rotation_range goes from 0 to 180 here; received True."),
        ({"fields": {"horizontal_flip": "yes"}}, "augment: horizontal_flip must be one of False, True; received 'yes'."),
        ({"fields": {"fill_mode": "none"}}, "augment: fill_mode must be one of"),
        ({"fields": {"brightness_range": [1]}}, "augment: brightness_range goes lowest from 0 to 2 and highest from 0 to 2 here; received [1]."),
        ({"fields": {"brightness_range": [2, 1]}}, "Augmentation: brightness_range must be a pair (low, high) of factors from 0 to 1e+06; received (2, 1)."),
        ({"fields": {"randaugment": [0, 3]}}, "Augmentation: randaugment must be"),
        ({"fields": {"mixup": 1}}, "augment: mixup and cutmix mix the photo with another; choose a second one."),
        ({"fields": {"rotation": 1}}, "augment: unknown"),
        ({"seed": -1}, "seed: Input should be greater than or equal to 0; it was '-1'."),
    ],
)  # fmt: skip
def test_what_does_not_do_is_told(served: Any, asked: dict[str, Any], error: str) -> None:
    status, said = served.ask("/api/augment", {"photo": PHOTO, **asked})
    assert status == 400
    assert said["error"].startswith(error)
