"""The commands' part of augmentation: every flag does what its field does; sheets, sweeps and partners."""

import re
import tomllib

import numpy as np
import pytest
from PIL import Image

from convolens import runs
from convolens.augmentation import Augmentation
from convolens.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from convolens.runs.output.screen import Screen
from convolens.runs.photos.sweeps import SWEEPS, sweep
from images import folders, photo
from typed import call

QUIET = Screen(quiet=True)
FLAGS = {
    "--random-resized-crop 0.6,1.0": {"random_resized_crop": (0.6, 1.0)},
    "--pad-and-crop 4": {"pad_and_crop": 4},
    "--random-erasing 0.25": {"random_erasing": 0.25},
    "--colour-jitter 0.2,0.2,0.2,0.05": {"colour_jitter": (0.2, 0.2, 0.2, 0.05)},
    "--mixup 0.2": {"mixup": 0.2},
    "--cutmix 1.0": {"cutmix": 1.0},
    "--randaugment 2,9": {"randaugment": (2, 9)},
    "--trivialaugment": {"trivialaugment": True},
}


@pytest.fixture
def two(tmp_path):
    photo(1, (40, 30)).save(tmp_path / "a.png")
    photo(2, (25, 60)).save(tmp_path / "b.png")
    return tmp_path


@pytest.mark.parametrize("flag", FLAGS)
def test_every_flag_is_its_field(two, flag):
    partner = ["--partner", two / "b.png"] if "mix" in flag else []
    status, out, err = call(
        "augment", two / "a.png", "--out", two / "o", "--count", 2, *flag.split(), *partner
    )
    assert status == 0, err
    (line,) = Augmentation(**FLAGS[flag]).describe()
    assert line in out
    options = runs.AugmentOptions(
        two / "a.png", two / "p", 2, FLAGS[flag], partner=two / "b.png" if partner else None
    )
    folder = runs.augment(options, QUIET)
    for name in ("a_00.png", "a_01.png", "contact_sheet.png"):
        assert (folder / name).read_bytes() == (two / "o" / name).read_bytes()


def test_help_shows_every_flag_among_the_augmentation(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    for command in ("train", "augment"):
        _, out, _ = call(command, "--help")
        panel = re.search(r"─ Augmentation ─(.*?)╰", out, re.DOTALL).group(1)
        for flag in FLAGS:
            assert flag.split()[0] in panel


@pytest.mark.parametrize("name", SWEEPS)
def test_a_sweep_is_one_row_for_each_value(two, name):
    partner = two / "b.png" if name in ("mixup", "cutmix") else None
    if name == "pad-and-crop":
        photo(1, (50, 40)).save(two / "a.png")
    options = runs.AugmentOptions(two / "a.png", two / "s", count=2, strength_sweep=name, partner=partner)
    folder = runs.augment(options, QUIET)
    values = len(sweep(name))
    assert values >= 4
    files = sorted(path.name for path in folder.iterdir())
    assert len(files) == 2 * values + 1
    assert "strength_sweep.png" in files
    with Image.open(folder / "strength_sweep.png") as sheet:
        assert sheet.width == 2 * (200 + 8) + 8
        assert sheet.height > values * 200
    assert all(re.fullmatch(r"a_[a-z0-9.-]+_[0-9.]+_0[01]\.png|strength_sweep.png", file) for file in files)


def test_a_sweep_turns_the_same_way_further_and_further():
    """The same random numbers in each row, so that a column shows one change growing."""
    drawn = [
        Augmentation(**fields).draw(0, 0, range(6), (20, 20)).theta / fields["rotation_range"]
        for _, fields in sweep("rotation")
    ]
    np.testing.assert_allclose(drawn, [drawn[0]] * len(drawn))


def test_a_sweep_comes_on_top_of_what_else_is_asked_for(two):
    options = runs.AugmentOptions(
        two / "a.png", two / "s", 1, {"random_erasing": 1.0}, strength_sweep="hue", seed=3
    )
    folder = runs.augment(options, QUIET)
    images = [np.asarray(Image.open(path)) for path in sorted(folder.glob("a_*.png"))]
    black = [(image == 0).all(-1) for image in images]
    assert black[0].sum() > 20
    np.testing.assert_array_equal(black[0], black[-1])


def test_a_partner_of_another_size_is_mixed_in(two):
    Image.new("RGB", (30, 30), "white").save(two / "white.png")
    Image.new("RGB", (40, 20), "black").save(two / "black.png")
    options = runs.AugmentOptions(two / "black.png", two / "o", 8, {"mixup": 1.0}, partner=two / "white.png")
    folder = runs.augment(options, QUIET)
    means = [np.asarray(Image.open(path)).mean() for path in sorted(folder.glob("black_*.png"))]
    shares = Augmentation(mixup=1.0).draw_mixing(0, 0, range(8), (20, 40), 1).share
    np.testing.assert_allclose(means, 255 * (1 - shares), atol=0.51)


@pytest.mark.parametrize(
    ("fields", "more", "kind", "words"),
    [
        ({"mixup": 0.2}, {}, ArgumentError, "mix the photo with another; give one by --partner PHOTO"),
        ({}, {"partner": "b.png"}, ArgumentError, "a partner is for mixup and cutmix, and neither is on"),
        ({}, {"strength_sweep": "rotatoin"}, UnknownNameError, "unknown strength sweep 'rotatoin'. Did you mean 'rotation'"),
        ({"pad_and_crop": 30}, {}, ArgumentError, "pad_and_crop must be smaller than the images"),
        ({"random_crop": 1}, {}, ArgumentTypeError, "unknown argument 'random_crop'. Did you mean 'random_"),
    ],
    ids=["no partner", "partner for nothing", "sweep", "pad", "field"],
)  # fmt: skip
def test_misuse_is_named_and_leaves_nothing(two, fields, more, kind, words):
    more = {name: two / value if name == "partner" else value for name, value in more.items()}
    with pytest.raises(kind, match=words) as raised:
        runs.augment(runs.AugmentOptions(two / "a.png", two / "x", 2, fields, **more), QUIET)
    assert "\n" not in str(raised.value)
    assert not (two / "x").exists()


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--random-resized-crop", "0.6"], "random_resized_crop must be a pair"),
        (["--colour-jitter", "0.1,much"], "--colour-jitter: expected a number, or several with commas"),
        (["--randaugment", "2"], "randaugment must be"),
        (["--pad-and-crop", "a"], "valid integer"),
        (["--mixup", "-1"], "mixup must be a number in"),
        (["--rotation-range", "twenty"], "Invalid value for '--rotation-range'"),
        (["--rotation-range", "-20"], "rotation_range must be a number in [0, 360]; received -20"),
        (["--width-shift-range", "-0.1"], "width_shift_range must be a number in [0, 1e+06]; received -0.1"),
        (["--height-shift-range", "far"], "--height-shift-range: expected a number"),
        (["--shear-range", "-3"], "shear_range must be a number in"),
        (["--zoom-range", "1.5"], "zoom_range must be below 1, or a pair"),
        (["--zoom-range", "0.5,1,2"], "zoom_range must be one number or a pair (low, high)"),
        (["--channel-shift-range", "-9"], "channel_shift_range must be a number in"),
        (["--brightness-range", "2,1"], "brightness_range must be a pair (low, high) of factors from 0"),
        (["--fill-mode", "neerest"], "Did you mean 'nearest'"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_bad_flags_are_one_line(tmp_path, flags, words):
    data = folders(tmp_path / "data", {"a": 6, "b": 6})
    status, _, err = call("train", data, "--out", tmp_path / "run", *flags)
    assert status == 2
    assert words in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("model", ["shallow-vgg", "conv-model"])
def test_train_with_mixed_labels(tmp_path, model):
    """Three classes by softmax, two by one sigmoid; validation labels stay as they are."""
    counts = {"a": 12, "b": 12, "c": 12} if model == "shallow-vgg" else {"a": 12, "b": 12}
    data = folders(tmp_path / "data", counts)
    size = "8" if model == "shallow-vgg" else "64"
    status, out, err = call(
        "train", data, "--model", model, "--size", size, "--epochs", 1, "--batch-size", 8, "--augment", "none",
        "--mixup", "0.2", "--cutmix", "1.0", "--out", tmp_path / "run",
    )  # fmt: skip
    assert status == 0, err
    assert "mixup: half of the images" in out
    assert "horizontal flip" not in out
    record = tomllib.loads((tmp_path / "run" / "run.toml").read_text())
    varied = {
        name: tuple(v) if isinstance(v, list) else v for name, v in record["settings"]["augmentation"].items()
    }
    assert Augmentation(**varied) == Augmentation(mixup=0.2, cutmix=1.0)


def test_augment_none_is_none(tmp_path):
    data = folders(tmp_path / "data", {"a": 8, "b": 8})
    status, out, _ = call(
        "train", data, "--size", 8, "--epochs", 1, "--augment", "none", "--out", tmp_path / "run"
    )
    assert status == 0
    assert re.search(r"never varied\)\s+none\n", out)
