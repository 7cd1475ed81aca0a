"""Modern augmentations: a pure function of (seed, epoch, index), in their ranges, doing what they say; off is off."""

import hashlib
import subprocess
import sys

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from convolens.augmentation import Augmentation, AugmentedBatches, Draws, caption, transform_batch
from convolens.augmentation.cpu import finishing_kernel
from convolens.errors import ArgumentError, UnknownNameError

KERAS = {
    "rotation_range": 40, "width_shift_range": 0.2, "height_shift_range": 3, "zoom_range": 0.3,
    "brightness_range": (0.5, 1.5), "horizontal_flip": True,
}  # fmt: skip
MODERN = {
    "random_resized_crop": (0.3, 1.0), "pad_and_crop": 3, "random_erasing": 0.5, "colour_jitter": (0.4, 0.4, 0.4, 0.1),
    "mixup": 0.4, "cutmix": 1.0, "randaugment": (2, 9), "trivialaugment": True,
}  # fmt: skip


def some(**left_out) -> dict:
    return {name: value for name, value in MODERN.items() if name not in left_out}


def test_kerass_numbers_are_what_they_were():
    """Written down before there was anything else to draw."""
    was = {
        "theta": -39.81338972225785, "tx": -4.458394554443658, "ty": 1.0, "shear": 0.0, "zx": 0.9494483195245266,
        "zy": 0.9202032105997204, "flip_horizontal": True, "flip_vertical": False, "channel_shift_intensity": None,
        "brightness": 1.1656453111208975,
    }  # fmt: skip
    assert Augmentation(**KERAS).draw(5, 2, [3, 70000], (20, 30)).parameters(1) == was
    everything = Augmentation(**KERAS, **some(trivialaugment=0))
    assert everything.draw(5, 2, [3, 70000], (20, 30)).parameters(1) == was


@pytest.mark.parametrize("name", MODERN)
def test_one_change_leaves_the_numbers_of_the_others(name):
    if name in ("mixup", "cutmix"):
        return
    alone = Augmentation(**{name: MODERN[name]}).draw(1, 0, range(50), (20, 30)).extras
    other = {"randaugment": "trivialaugment", "trivialaugment": "randaugment"}.get(name, "trivialaugment")
    together = Augmentation(**KERAS, **some(**{other: 0})).draw(1, 0, range(50), (20, 30)).extras
    field = {"random_resized_crop": "crop", "pad_and_crop": "shift", "random_erasing": "erased"}.get(name)
    if field:
        np.testing.assert_array_equal(getattr(together, field), getattr(alone, field))
    else:
        k = alone.codes.shape[1]
        place = slice(0, k) if name == "colour_jitter" else slice(-k, None)
        np.testing.assert_array_equal(together.codes[:, place], alone.codes)
        np.testing.assert_array_equal(together.amounts[:, place], alone.amounts)


def test_off_is_off():
    """Without a modern change nothing is drawn, and the bytes are those of the fused kernel alone."""
    images = np.random.default_rng(0).integers(0, 256, (9, 12, 14, 3), dtype=np.uint8)
    for fields in ({}, KERAS):
        augmentation = Augmentation(**fields)
        assert not augmentation.needs_finishing
        assert not augmentation.mixes
        draws = augmentation.draw(4, 0, np.arange(9), (12, 14))
        assert draws.extras is None
        x, y = AugmentedBatches(images, np.arange(9), 9, augmentation, 4, shuffle=False)[0]
        np.testing.assert_array_equal(x, transform_batch(images, np.arange(9), draws, augmentation, 1 / 255))
        assert y.tolist() == list(range(9))
    assert Augmentation().describe() == []


CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "random_resized_crop": st.just((0.2, 1.0)),
        "pad_and_crop": st.integers(0, 4),
        "random_erasing": st.sampled_from([0.0, 0.5, 1.0]),
        "colour_jitter": st.just((0.5, 0.5, 0.5, 0.2)),
        "mixup": st.sampled_from([0.0, 0.3]),
        "cutmix": st.sampled_from([0.0, 1.0]),
        "randaugment": st.tuples(st.integers(1, 3), st.integers(0, 30)),
        "rotation_range": st.just(30),
        "channel_shift_range": st.just(20),
        "vertical_flip": st.booleans(),
        "fill_mode": st.sampled_from(["nearest", "constant", "reflect", "wrap"]),
    },
)


@given(
    fields=CHOICES, trivial=st.booleans(), seed=st.integers(0, 2**40), epoch=st.integers(0, 5),
    batch_size=st.integers(1, 12),
)  # fmt: skip
def test_company_and_order_change_nothing(fields, trivial, seed, epoch, batch_size):
    if trivial and "randaugment" not in fields:
        fields = fields | {"trivialaugment": True}
    images = np.random.default_rng(0).integers(0, 256, (12, 9, 11, 3), dtype=np.uint8)
    labels, augmentation = np.arange(12) % 4, Augmentation(**fields)
    results = []
    for size, shuffle in ((12, False), (batch_size, True)):
        batches = AugmentedBatches(images, labels, size, augmentation, seed, shuffle=shuffle)
        batches.set_epoch(epoch)
        x, y = (np.concatenate(part) for part in zip(*(batches[i] for i in range(len(batches))), strict=True))
        places = np.argsort(batches.order)
        results.append((x[places], y[places]))
    np.testing.assert_array_equal(results[0][0], results[1][0])
    np.testing.assert_array_equal(results[0][1], results[1][1])
    assert results[0][0].min() >= 0
    assert results[0][0].max() <= 1 + 1e-6


PROGRAM = """
import hashlib, sys
import numpy as np
from convolens.augmentation import Augmentation, AugmentedBatches
images = np.random.default_rng(0).integers(0, 256, (40, 64, 64, 3), dtype=np.uint8)
def digest(threads, **fields):
    batches = AugmentedBatches(images, np.arange(40) % 4, 40, Augmentation(**fields), 7, threads=threads)
    batches.set_epoch(2)
    x, y = batches[0]
    return hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest()
"""


def test_threads_and_processes_change_nothing():
    fields = {**KERAS, **some(trivialaugment=0)}
    names: dict = {}
    exec(PROGRAM, names)
    digests = {names["digest"](threads, **fields) for threads in (1, 2, 5)}
    assert len(digests) == 1
    done = subprocess.run(
        [sys.executable, "-c", f"{PROGRAM}\nprint(digest(3, **{fields!r}))"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.strip() == digests.pop(), done.stderr
    assert len(hashlib.sha256().hexdigest()) == len(done.stdout.strip())


def test_epochs_seeds_and_images_differ():
    augmentation = Augmentation(**some(randaugment=0))

    def drawn(seed, epoch, index):
        draws = augmentation.draw(seed, epoch, [index], (64, 64))
        return caption(draws, 0, (64, 64), augmentation.draw_mixing(seed, epoch, [index], (64, 64), 99))

    assert len({drawn(5, 0, 3), drawn(6, 0, 3), drawn(5, 1, 3), drawn(5, 0, 4)}) == 4
    assert drawn(5, 0, 3) == drawn(5, 0, 3)


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (2, 3)], ids=str)
def test_the_smallest_images(shape):
    images = np.full((1, *shape, 3), 90, np.uint8)
    fields = some(trivialaugment=0, pad_and_crop=0)
    x, y = AugmentedBatches(images, np.array([0]), 1, Augmentation(**fields), 0, classes=3)[0]
    assert x.shape == (1, *shape, 3)
    assert np.isfinite(x).all()
    np.testing.assert_allclose(y, [[1, 0, 0]])


def test_finish_compiled_and_interpreted_agree():
    augmentation = Augmentation(**KERAS, vertical_flip=True, **some(trivialaugment=0))
    draws = augmentation.draw(1, 0, range(12), (6, 7))
    images = np.random.default_rng(0).uniform(0, 255, (12, 6, 7, 3)).astype(np.float32)
    extras, compiled, interpreted = draws.extras, images.copy(), images.copy()
    arguments = (
        draws.flip_horizontal, draws.flip_vertical, extras.shift, 9.0, extras.codes, extras.amounts, extras.erased, 3.0,
        1 / 255,
    )  # fmt: skip
    finishing_kernel.finish(compiled, *arguments, 0, 12)
    finishing_kernel.finish.py_func(interpreted, *arguments, 0, 12)
    np.testing.assert_allclose(compiled, interpreted, atol=0.01)
    assert not np.array_equal(compiled, images)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"random_resized_crop": 0.5},
            r"random_resized_crop must be a pair .* up to 1, .* received 0\.5\. Try \(0\.6, 1\.0\)",
        ),
        ({"random_resized_crop": (0.5, 1.5)}, r"received \(0\.5, 1\.5\)"),
        ({"random_resized_crop": (0, 1)}, "numbers above 0"),
        (
            {"random_resized_crop_ratio": (2, 1)},
            "random_resized_crop_ratio must be a pair .*, the lower first",
        ),
        ({"pad_and_crop": -1}, "pad_and_crop must be an integer of at least 0; received -1"),
        ({"pad_and_crop": 2.5}, "pad_and_crop must be an integer"),
        ({"random_erasing": 2}, r"random_erasing must be a number in \[0, 1\]; received 2"),
        ({"random_erasing_area": (0.5, 0.1)}, "random_erasing_area must be a pair"),
        ({"random_erasing_ratio": "wide"}, "random_erasing_ratio must be a pair .* received 'wide'"),
        ({"random_erasing_value": 300}, "random_erasing_value must be a number in"),
        ({"colour_jitter": 0.2}, r"colour_jitter must be four numbers .* received 0\.2\. Try"),
        ({"colour_jitter": (0.2, 0.2, 0.2, 0.6)}, r"hue up to 0\.5"),
        ({"colour_jitter": (0.2, "x", 0.2, 0)}, "colour_jitter must be four numbers"),
        ({"mixup": -0.1}, "mixup must be a number in"),
        ({"cutmix": "much"}, "cutmix must be a number in"),
        (
            {"randaugment": 2},
            r"randaugment must be \(operations an image, 1 to 14; magnitude, 0 to 30\); received 2",
        ),
        ({"randaugment": (2.5, 9)}, "randaugment must be"),
        ({"randaugment": (2, 31)}, "randaugment must be"),
        ({"randaugment": (2, 9), "trivialaugment": True}, "two policies for the same; give one of them"),
        ({"random_erasing": float("nan")}, "random_erasing must be a number"),
    ],
    ids=str,
)
def test_bad_ranges(options, words):
    with pytest.raises(ArgumentError, match=words) as raised:
        Augmentation(**options)
    assert "\n" not in str(raised.value)
    assert str(raised.value).startswith("Augmentation: ")


def test_bad_switch():
    with pytest.raises(UnknownNameError, match="trivialaugment must be one of False, True"):
        Augmentation(trivialaugment="often")


def test_every_change_has_its_line():
    for name, value in MODERN.items():
        line, *rest = Augmentation(**{name: value}).describe()
        assert not rest
        assert line.casefold().startswith(name.replace("_", " "))
        assert not Augmentation(**{name: value}).changes_nothing
    assert len(Augmentation(**KERAS, **some(trivialaugment=0)).describe()) == 6 + 7
    assert Augmentation(colour_jitter=(0, 0.3, 0, 0.1)).describe() == [
        "colour jitter: contrast times 0.7 to 1.3, hue up to 0.1 of the colour circle either way"
    ]


def test_captions_say_what_was_drawn():
    everything = Augmentation(
        **KERAS, shear_range=10, channel_shift_range=30, vertical_flip=True, **some(trivialaugment=0)
    )
    draws = everything.draw(0, 0, range(300), (40, 60))
    words = [caption(draws, i, (40, 60)) for i in range(300)]
    together = " ".join(words)
    for part in (
        "rotate ", "shift ", "shear ", "zoom ", "crop ", "moved ", "mirrored", "upside down", "channels ", "bright ",
        "contrast ", "satur. ", "hue ", "sharp ", "posterize 7", "solarize 178", "autocontrast", "equalize", "shear x ",
        "shift y ", "erased ",
    ):  # fmt: skip
        assert part in together, part
    assert len(set(words)) == 300
    assert caption(Draws.of({"theta": 7}), 0, (4, 4)) == "rotate +7°"
