"""Random numbers as a pure function of (seed, stream, epoch, index): the counter-based Philox 4x32-10.

From Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011). A whole batch is drawn at once with
vectorised integer arithmetic; no generator has a state that moves.
"""

import hashlib
from collections.abc import Sequence

import numpy as np

from convolens.errors import ArgumentError

ROUNDS = 10
_MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_KEY_STEPS = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)

# Independent uses of the same seed.
STREAM_GEOMETRY, STREAM_ORDER, STREAM_FILES = 0, 1, 2


def philox4x32(counters: np.ndarray, key: tuple[int, int]) -> np.ndarray:
    """Return four random 32-bit words for each counter.

    Args:
        counters: (n, 4) uint64, each below 2**32.
        key: two words below 2**32.

    Returns:
        (n, 4) uint64, each below 2**32.
    """
    c0, c1, c2, c3 = (counters[:, i].astype(np.uint64) for i in range(4))
    k0, k1 = np.uint64(key[0]), np.uint64(key[1])
    for _ in range(ROUNDS):
        first, second = c0 * _MULTIPLIERS[0], c2 * _MULTIPLIERS[1]  # 32 x 32 -> 64 bits
        c0, c1, c2, c3 = (
            (second >> _HALF) ^ c1 ^ k0,
            second & _LOW,
            (first >> _HALF) ^ c3 ^ k1,
            first & _LOW,
        )
        k0, k1 = (k0 + _KEY_STEPS[0]) & _LOW, (k1 + _KEY_STEPS[1]) & _LOW
    return np.stack([c0, c1, c2, c3], axis=1)


def key_of(seed: int, stream: int) -> tuple[int, int]:
    """Return the two key words of a seed (any integer) and a stream number."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise ArgumentError(f"seed must be an integer; received {seed!r}.")
    digest = hashlib.blake2b(f"{int(seed)}/{stream}".encode(), digest_size=8).digest()
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")


def words(
    seed: int, epoch: int, indices: Sequence[int] | np.ndarray, count: int, stream: int = STREAM_GEOMETRY
) -> np.ndarray:
    """Return `count` random 32-bit words for each index: (len(indices), count) uint64."""
    index = np.asarray(indices, dtype=np.int64).astype(np.uint64)
    blocks = -(-count // 4)
    counters = np.empty((len(index), blocks, 4), dtype=np.uint64)
    counters[..., 0] = (index & _LOW)[:, None]
    counters[..., 1] = (index >> _HALF)[:, None]
    counters[..., 2] = np.uint64(int(epoch) & 0xFFFFFFFF)
    counters[..., 3] = np.arange(blocks, dtype=np.uint64)
    drawn = philox4x32(counters.reshape(-1, 4), key_of(seed, stream))
    return drawn.reshape(len(index), blocks * 4)[:, :count]


def uniforms(
    seed: int, epoch: int, indices: Sequence[int] | np.ndarray, count: int, stream: int = STREAM_GEOMETRY
) -> np.ndarray:
    """Return `count` numbers in [0, 1) for each index, the same in whatever company the index is drawn.

    Args:
        seed: any integer.
        epoch: at least 0.
        indices: the samples' places in the data set.
        count: numbers wanted for each sample.
        stream: which of the independent uses of the seed.

    Returns:
        (len(indices), count) float64, with 32 random bits each.

    Example:
        >>> bool((uniforms(7, 0, [3, 4], 2)[1] == uniforms(7, 0, [4], 2)[0]).all())
        True
    """
    return words(seed, epoch, indices, count, stream) * 2.0**-32


def permutation(seed: int, epoch: int, n: int, stream: int = STREAM_ORDER) -> np.ndarray:
    """Return the order of `n` samples in an epoch: int64, each of 0 .. n-1 once.

    Args:
        seed, epoch: what the order depends on.
        n: how many samples.
        stream: keeps orders for different uses apart.

    Example:
        >>> sorted(permutation(7, 0, 5).tolist())
        [0, 1, 2, 3, 4]
    """
    drawn = words(seed, epoch, np.arange(n), 2, stream)
    return np.argsort((drawn[:, 0] << _HALF) | drawn[:, 1], kind="stable")
