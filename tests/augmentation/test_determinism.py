"""The same (seed, epoch, index) is the same bytes, whoever makes them: `flow`, `flow_from_directory`, `AugmentedBatches`.

`test_kernel.py` and `test_modern.py` hold the same of the kernel and of the modern changes.
"""

import hashlib
import json
import subprocess
import sys
import threading
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from convolens.augmentation import Augmentation, AugmentedBatches
from convolens.preprocessing.image import ImageDataGenerator
from images import folders

N, SHAPE = 12, (9, 11)
RANGES = {
    "rotation_range": 40, "width_shift_range": 0.2, "height_shift_range": 3, "shear_range": 20, "zoom_range": 0.3,
    "channel_shift_range": 30.0, "brightness_range": (0.5, 1.5), "horizontal_flip": True, "vertical_flip": True,
}  # fmt: skip
KINDS = ("flow", "flow_from_directory", "AugmentedBatches")


def batches_of(kind, folder, batch_size=N, shuffle=False, seed=7, threads=None):
    """Return batches of 12 images with their numbers as labels."""
    pixels = np.random.default_rng(0).integers(0, 256, (N, *SHAPE, 3), dtype=np.uint8)
    if kind == "AugmentedBatches":
        return AugmentedBatches(
            pixels, np.arange(N), batch_size, Augmentation(**RANGES), seed, 1.0, shuffle, threads=threads
        )
    make = ImageDataGenerator(**RANGES)
    if kind == "flow":
        return make.flow(pixels, np.arange(N), batch_size, shuffle, seed=seed)
    return make.flow_from_directory(
        folder, SHAPE, class_mode="sparse", batch_size=batch_size, shuffle=shuffle, seed=seed
    )


def digests(batches, epoch, numbers=None):
    """Return label -> digest of the image's bytes, of some batches of an epoch."""
    batches.set_epoch(epoch)
    found = {}
    for number in range(len(batches)) if numbers is None else numbers:
        x, y = batches[number]
        for image, label in zip(x, y, strict=True):
            found[int(label)] = hashlib.sha256(image.tobytes()).hexdigest()
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Twelve classes of one photo: the class is the photo's number."""
    return folders(tmp_path_factory.mktemp("determinism") / "data", {f"{i:02d}": 1 for i in range(N)})


@pytest.fixture(scope="module")
def whole(folder):
    """What each kind gives as one batch in order, by (kind, seed, epoch); made once."""
    kept = {}

    def of(kind, seed=7, epoch=2):
        if (kind, seed, epoch) not in kept:
            kept[kind, seed, epoch] = digests(batches_of(kind, folder, seed=seed), epoch)
        return kept[kind, seed, epoch]

    return of


@pytest.mark.parametrize("kind", KINDS)
def test_images_epochs_and_seeds_differ(whole, kind):
    everything = [*whole(kind, 7, 2).values(), *whole(kind, 7, 3).values(), *whole(kind, 8, 2).values()]
    assert len(set(everything)) == 3 * N


@pytest.mark.parametrize("kind", KINDS)
@given(
    batch_size=st.integers(1, N + 2), shuffle=st.booleans(), seed=st.sampled_from([7, 2**40 + 1]),
    epoch=st.sampled_from([0, 1, 2, 9]), order=st.randoms(use_true_random=False),
)  # fmt: skip
def test_batch_size_and_order_change_nothing(folder, whole, kind, batch_size, shuffle, seed, epoch, order):
    batches = batches_of(kind, folder, batch_size, shuffle, seed)
    numbers = list(range(len(batches)))
    order.shuffle(numbers)
    assert digests(batches, epoch, numbers) == whole(kind, seed, epoch)


@pytest.mark.parametrize("kind", ["flow", "flow_from_directory"])
@pytest.mark.parametrize("threads", [1, 4])
def test_threads_that_ask_for_the_next_batch(folder, kind, threads):
    """Each batch goes to one thread; together they get the three epochs that one alone would get."""
    alone = batches_of(kind, folder, batch_size=2, shuffle=True)
    shared = batches_of(kind, folder, batch_size=2, shuffle=True)
    expected = sorted((x.tobytes(), y.tobytes()) for x, y in (next(alone) for _ in range(18)))
    received = []

    def work(count):
        for _ in range(count):
            x, y = next(shared)
            received.append((x.tobytes(), y.tobytes()))

    shares = [18 // threads + (i < 18 % threads) for i in range(threads)]
    started = [threading.Thread(target=work, args=(count,)) for count in shares]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    assert sorted(received) == expected
    assert len(set(received)) == 18


@pytest.mark.parametrize("threads", [0, 1, 4])
def test_threads_of_a_batch(threads):
    """Large enough for four threads to have work each."""
    pixels = np.random.default_rng(0).integers(0, 256, (12, 150, 150, 3), dtype=np.uint8)
    augmentation = Augmentation(**RANGES, random_erasing=0.5, mixup=0.3)

    def first(threads):
        batches = AugmentedBatches(pixels, np.arange(12) % 3, 12, augmentation, 7, threads=threads)
        return [part.tobytes() for part in batches[0]]

    assert first(threads) == first(None)


PROGRAM = """
import json, sys
sys.path[:0] = [sys.argv[1]]
from augmentation.test_determinism import KINDS, batches_of, digests
part = int(sys.argv[3])
found = {}
for kind in KINDS:
    batches = batches_of(kind, sys.argv[2], batch_size=3, shuffle=True)
    found[kind] = digests(batches, 2, range(part, len(batches), 2))
print("", json.dumps(found), sep="\\n")
"""


def test_two_new_processes_share_an_epoch(folder, whole):
    """A restart in the middle of the third epoch, in two processes that take every other batch."""
    tests = Path(__file__).parents[1]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, tests, folder, str(part)], stdout=subprocess.PIPE, text=True
        )
        for part in (0, 1)
    ]
    parts = [json.loads(process.communicate(timeout=120)[0].splitlines()[-1]) for process in started]
    for kind in KINDS:
        first, second = ({int(k): v for k, v in part[kind].items()} for part in parts)
        assert len(first) == len(second) == N // 2
        assert first | second == whole(kind)


MANY = np.arange(40_000)
# Name: what is given for it -> lowest, highest, mean and standard deviation of what is drawn for images of 40 x 100.
EXPECTED = {
    "theta": ({"rotation_range": 25}, -25, 25, 0, 50 / 12**0.5),
    "shear": ({"shear_range": 10}, -10, 10, 0, 20 / 12**0.5),
    "zx": ({"zoom_range": 0.4}, 0.6, 1.4, 1, 0.8 / 12**0.5),
    "zy": ({"zoom_range": (0.5, 0.7)}, 0.5, 0.7, 0.6, 0.2 / 12**0.5),
    "ty": ({"height_shift_range": 0.2}, -8, 8, 0, 16 / 12**0.5),
    "tx": ({"width_shift_range": 0.2}, -20, 20, 0, 40 / 12**0.5),
    "ty in pixels": ({"height_shift_range": 2.5}, -2.5, 2.5, 0, 5 / 12**0.5),
    "tx in whole pixels": ({"width_shift_range": 4}, -3, 3, 0, 3.5**0.5),
    "ty of a list": ({"height_shift_range": [1.0, 3.0]}, -3, 3, 0, 5**0.5),
    "channel_shift": ({"channel_shift_range": 20.0}, -20, 20, 0, 40 / 12**0.5),
    "brightness": ({"brightness_range": (0.5, 1.5)}, 0.5, 1.5, 1, 1 / 12**0.5),
    "flip_horizontal": ({"horizontal_flip": True}, 0, 1, 0.5, 0.5),
    "flip_vertical": ({"vertical_flip": True}, 0, 1, 0.5, 0.5),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_mean_and_spread_are_those_of_the_range(name):
    """Three standard errors of 40,000 draws are 1.5 % of the spread."""
    fields, low, high, mean, spread = EXPECTED[name]
    drawn = getattr(Augmentation(**fields).draw(3, 1, MANY, (40, 100)), name.split()[0]).astype(float)
    reach = high - low
    assert low <= drawn.min() < low + 0.001 * reach
    assert high - 0.001 * reach < drawn.max() <= high
    assert abs(drawn.mean() - mean) < 0.02 * spread
    assert drawn.std() == pytest.approx(spread, rel=0.02)


def test_no_number_goes_with_another():
    """Neither of one image, nor of one image in two epochs, nor of neighbours."""
    augmentation = Augmentation(**RANGES | {"height_shift_range": 0.3})
    names = (
        "theta",
        "tx",
        "ty",
        "shear",
        "zx",
        "zy",
        "flip_horizontal",
        "flip_vertical",
        "channel_shift",
        "brightness",
    )

    def table(epoch):
        draws = augmentation.draw(3, epoch, MANY, (40, 100))
        return np.stack([getattr(draws, name).astype(float) for name in names])

    first, second = table(0), table(1)
    correlations = np.corrcoef(np.concatenate([first, second, np.roll(first, 1, axis=1)]))
    assert np.abs(correlations - np.eye(len(correlations))).max() < 0.025  # five standard errors
