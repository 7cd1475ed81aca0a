"""Memory of batches is used again only when nobody holds it, whatever holds it and however many threads ask."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from convolens.augmentation import Augmentation, AugmentedBatches
from convolens.augmentation.cpu.buffers import KEPT, BatchBuffers

HOLDERS = {
    "itself": lambda array: array,
    "view": lambda array: array[1:2].reshape(-1)[::2],
    "tensor": torch.from_numpy,
    "view of a tensor": lambda array: torch.from_numpy(array).permute(1, 0)[:1],
    "memoryview": memoryview,
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_what_is_held_is_never_given_again(holder):
    buffers = BatchBuffers()
    array = buffers.take((4, 3), np.float32)
    place, held = array.ctypes.data, HOLDERS[holder](array)
    del array
    others = [buffers.take((4, 3), np.float32) for _ in range(2 * KEPT)]
    assert place not in {other.ctypes.data for other in others}
    del held


def test_what_is_free_is_given_again_where_it_fits():
    buffers = BatchBuffers()
    place = buffers.take((4, 3), np.float32).ctypes.data
    assert buffers.take((2, 3), np.float32).ctypes.data == place
    assert buffers.take((2, 3), np.uint8).ctypes.data != place
    assert buffers.take((5, 3), np.float32).shape == (5, 3)


def test_many_threads_never_share():
    buffers = BatchBuffers()

    def work(number: int) -> bool:
        for turn in range(200):
            array = buffers.take((64,), np.int64)
            array[:] = number * 1000 + turn
            if (array != number * 1000 + turn).any():
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


def test_a_batch_that_is_kept_stays_as_it_was():
    pixels = np.random.default_rng(0).integers(0, 256, (40, 6, 6, 3), dtype=np.uint8)
    batches = AugmentedBatches(pixels, np.arange(40), 4, Augmentation(rotation_range=90), seed=0)
    kept = [batches[number][0] for number in range(len(batches))]
    fresh = AugmentedBatches(pixels, np.arange(40), 4, Augmentation(rotation_range=90), seed=0)
    for number, batch in enumerate(kept):
        np.testing.assert_array_equal(batch, fresh[number][0])
