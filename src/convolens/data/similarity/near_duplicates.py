"""Near-duplicates: photos that show the same, whatever their size, JPEG quality or brightness; mirrored ones too.

A hash of a thumbnail's lowest frequencies (pHash: Zauner, "Implementation and Benchmarking of Perceptual Image Hash
Functions", 2010) proposes pairs, and the correlation of the thumbnails' pixels decides. The decision is stricter where the
photos of a set look alike anyhow: two digits of one class may correlate by 0.99, two photos of cats hardly by 0.8.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from convolens.errors import ShapeError
from convolens.pixel_rows import PixelRows

SIDE = 32  # rows and columns of a thumbnail
_FREQUENCIES = 8  # of rows and of columns in the hash: 63 bits without the mean
_BITS_APART = (
    12  # of 63, at most; of 300 photos of cats and dogs the nearest two are 14 apart, a copy's are 8
)
_SIMILAR = 0.97  # correlation of brightness that copies have at least
_COLOUR = 0.9  # the same of red, green and blue: JPEG blurs colours, but a red car is no blue car
_SHARE = 0.05  # of the distance between photos that look most alike by chance
_CONTRAST = 8.0  # standard deviation of brightness (of 255) below which a photo shows too little to compare
_BRIGHTNESS = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
_AT_ONCE = 2**22  # pairs whose hashes, or numbers whose pixels, are compared at once
_SAMPLED, _FEW, _OFTEN = 20_000, 200, 0.05  # pairs; pairs; a share of them


@dataclass(frozen=True)
class NearDuplicates:
    """Pairs of photos that show the same.

    Attributes:
        pairs: places (m, 2), the smaller first, in rising order.
        similarity: correlation of brightness of each pair, in [-1, 1].
        mirrored: whether one of a pair is the other's mirror image, left and right changed.
        bar: the similarity from which on a pair counted in this set.
        smooth: places of photos that show too little to be compared (a blank page, a clear sky).
    """

    pairs: np.ndarray
    similarity: np.ndarray
    mirrored: np.ndarray
    bar: float
    smooth: np.ndarray


def find_near_duplicates(
    thumbnails: PixelRows, advance: Callable[[int, int], None] = lambda done, total: None
) -> NearDuplicates:
    """Return the pairs that show the same; every pair is looked at, none is left to chance.

    Args:
        thumbnails: uint8 (n, 32, 32, 3), as `load_pixels(folder, (32, 32))` gives.
        advance: told how many photos of how many were compared with all others.

    Raises:
        ShapeError: thumbnails of another shape.

    Example:
        >>> photo = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)
        >>> find_near_duplicates(np.concatenate([photo, photo[:1, :, ::-1]])).pairs.tolist()
        [[0, 2]]
    """
    if len(thumbnails.shape) != 4 or thumbnails.shape[1:] != (SIDE, SIDE, 3):
        raise ShapeError(
            f"find_near_duplicates: thumbnails must be of shape (n, {SIDE}, {SIDE}, 3); received {thumbnails.shape}."
        )
    prints = _Prints.of(thumbnails)
    bar = prints.bar()
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for pairs, done in prints.proposals(advance):
        for start in range(0, len(pairs), max(1, _AT_ONCE // prints.brightness.shape[1])):
            some = pairs[start : start + max(1, _AT_ONCE // prints.brightness.shape[1])]
            similarity, colour, mirrored = prints.compare(some)
            same = (similarity >= bar) & (colour >= _COLOUR)
            found.append((prints.places[some[same]], similarity[same], mirrored[same]))
        advance(done, len(prints.places))
    pairs = np.concatenate([np.empty((0, 2), np.int64), *(item[0] for item in found)])
    similarity = np.concatenate([np.empty(0, np.float32), *(item[1] for item in found)])
    mirrored = np.concatenate([np.empty(0, bool), *(item[2] for item in found)])
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    return NearDuplicates(pairs[order], similarity[order], mirrored[order], bar, prints.smooth)


@dataclass(frozen=True)
class _Prints:
    """What is compared of the photos that show enough.

    Attributes:
        places: of these photos, (m,).
        hashes, mirrored_hashes: uint64 (m,).
        brightness, colour: thumbnails of half the side without mean and of length 1, (m, 256) and (m, 768).
        mirror_brightness, mirror_colour: the order of the same numbers in the mirror image.
        smooth: places of the others.
    """

    places: np.ndarray
    hashes: np.ndarray
    mirrored_hashes: np.ndarray
    brightness: np.ndarray
    colour: np.ndarray
    mirror_brightness: np.ndarray
    mirror_colour: np.ndarray
    smooth: np.ndarray

    @classmethod
    def of(cls, thumbnails: PixelRows) -> "_Prints":
        n, half = len(thumbnails), SIDE // 2
        hashes, mirrored = np.empty(n, np.uint64), np.empty(n, np.uint64)
        small = np.empty((n, half, half, 3), np.float32)
        for start in range(0, n, 1024):
            some = slice(start, start + 1024)
            pixels = np.asarray(thumbnails[some], np.float32)
            hashes[some], mirrored[some] = _hashes(pixels @ _BRIGHTNESS)
            small[some] = pixels.reshape(-1, half, 2, half, 2, 3).mean((2, 4))  # (n, 16, 16, 3)
        grey = small @ _BRIGHTNESS
        shown = grey.std((1, 2)) >= _CONTRAST
        places = np.flatnonzero(shown)
        order = np.arange(half * half * 3).reshape(half, half, 3)[:, ::-1]
        return cls(
            places, hashes[places], mirrored[places], _directions(grey[places]), _directions(small[places]),
            order[..., 0].ravel() // 3, order.ravel(), np.flatnonzero(~shown),
        )  # fmt: skip

    def bar(self) -> float:
        """Return how similar a pair must be in this set."""
        n = len(self.places)
        if n < 2:
            return _SIMILAR
        if n * (n - 1) // 2 <= _SAMPLED:
            first, second = np.triu_indices(n, 1)
        else:
            draw = np.random.default_rng(0).integers(0, (n, n - 1), (_SAMPLED, 2))
            first, second = draw[:, 0], draw[:, 1] + (draw[:, 1] >= draw[:, 0])  # never the photo itself
        by_chance = np.einsum("ij,ij->i", self.brightness[first], self.brightness[second])
        copies = by_chance >= _SIMILAR
        if len(by_chance) <= _FEW or copies.mean() <= _OFTEN:  # else it is how photos of this set are
            by_chance = by_chance[~copies]
        if len(by_chance) == 0:
            return _SIMILAR
        return max(_SIMILAR, 1 - _SHARE * (1 - float(np.quantile(by_chance, 0.99))))

    def proposals(self, advance: Callable[[int, int], None]) -> Iterator[tuple[np.ndarray, int]]:
        """Yield pairs (k, 2) whose hashes are near, straight or mirrored, and how many photos are done."""
        n = len(self.places)
        rows = max(1, _AT_ONCE // max(1, n))
        for start in range(0, n, rows):
            some = slice(start, start + rows)
            near = np.zeros((len(self.hashes[some]), n - start), bool)
            for other in (self.hashes, self.mirrored_hashes):
                near |= np.bitwise_count(self.hashes[some, None] ^ other[None, start:]) <= _BITS_APART
            first, second = np.nonzero(np.triu(near, 1))
            yield np.stack([first, second], 1) + start, min(n, start + rows)

    def compare(self, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the correlation of brightness and of colours, of the better way, and whether that is mirrored."""
        ways = []
        for turn_grey, turn_colour in (
            (slice(None), slice(None)),
            (self.mirror_brightness, self.mirror_colour),
        ):
            grey = np.einsum(
                "ij,ij->i", self.brightness[pairs[:, 0]], self.brightness[pairs[:, 1]][:, turn_grey]
            )
            colour = np.einsum("ij,ij->i", self.colour[pairs[:, 0]], self.colour[pairs[:, 1]][:, turn_colour])
            ways.append((grey, colour))
        mirrored = ways[1][0] > ways[0][0]
        return (*(np.where(mirrored, b, a) for a, b in zip(*ways, strict=True)), mirrored)


def _hashes(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the hashes, uint64 (n,), of brightness (n, 32, 32) and of its mirror image."""
    from scipy.fft import dctn

    low = dctn(grey, axes=(1, 2), norm="ortho")[:, :_FREQUENCIES, :_FREQUENCIES].astype(np.float32)
    mirrored = low * np.where(np.arange(_FREQUENCIES) % 2, -1, 1).astype(
        np.float32
    )  # odd columns change sign
    return _bits(low), _bits(mirrored)


def _bits(low: np.ndarray) -> np.ndarray:
    flat = low.reshape(len(low), -1)
    flat = np.where(np.arange(flat.shape[1]) == 0, -np.inf, flat)  # the mean is no bit
    return np.packbits(flat > np.median(flat[:, 1:], axis=1, keepdims=True), axis=1).view(np.uint64)[:, 0]


def _directions(values: np.ndarray) -> np.ndarray:
    flat = values.reshape(len(values), math.prod(values.shape[1:]))
    flat = flat - flat.mean(1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
