"""blend: its vector instructions, Numba's own words where llvmlite knows them no more, and NumPy give the same bits."""

import contextlib

import numba
import numpy as np
import pytest

from convolens.augmentation.cpu import blend as module


def compiled():
    """Return a function that blends at many places, compiled anew: by a literal step, and by one that is not known."""

    @numba.njit
    def literal(source, corners, below, down, right, factor, line):
        for p in range(len(corners)):
            module_blend(source, corners[p], below, 3, down[p], right[p], factor, line, 4 * p)

    @numba.njit
    def known_later(source, corners, below, beside, down, right, factor, line):
        for p in range(len(corners)):
            module_blend(source, corners[p], below, beside, down[p], right[p], factor, line, 4 * p)

    return literal, known_later


module_blend = module.blend


def expected(source, corners, below, beside, down, right, factor):
    """Return four values a place, float32, every step rounded by itself."""
    lanes = corners[:, None] + np.arange(module.LANES)
    at = source.astype(np.float32)
    down, right = down[:, None], right[:, None]
    one = at[lanes] + (at[lanes + below] - at[lanes]) * down
    other = at[lanes + beside] + (at[lanes + below + beside] - at[lanes + beside]) * down
    return ((one + (other - one) * right) * factor).reshape(-1)


@pytest.mark.filterwarnings("error")  # of vectors that are not taken
@pytest.mark.parametrize("words", ["vectors", "Numba's"])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_the_same_bits_in_either_words(words, dtype, monkeypatch):
    taken, taking_over = [], words != "vectors"
    if words != "vectors":

        def unknown(*_):
            taken.append(1)
            raise AttributeError("IRBuilder has no such word")

        monkeypatch.setattr(module, "_vectors", unknown)
    random = np.random.default_rng(0)
    rows, columns, channels, places = 9, 11, 3, 500
    source = random.integers(0, 256, rows * columns * channels + module.BEYOND).astype(dtype)
    source = source if dtype == np.uint8 else source + random.random(len(source), dtype=np.float32)
    row, column = random.integers(0, rows - 1, places), random.integers(0, columns - 1, places)
    corners, below = (row * columns + column) * channels, np.int64(columns * channels)
    down, right = (random.random(places, dtype=np.float32) for _ in range(2))
    factor = np.float32(1 / 255)
    wanted = expected(source, corners, below, channels, down, right, factor)
    literal, known_later = compiled()
    for call, steps in ((literal, ()), (known_later, (np.int64(channels),))):
        line = np.zeros(4 * places, np.float32)
        with pytest.warns(UserWarning, match="slower") if taking_over else contextlib.nullcontext():
            call(source, corners, below, *steps, down, right, factor, line)
        assert line.tobytes() == wanted.tobytes()
    assert bool(taken) == (words != "vectors")
