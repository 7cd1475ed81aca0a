"""RandAugment and TrivialAugment: policies that choose among fourteen operations, and draw how strong each is."""

from typing import Any

import numpy as np

from convolens.arguments import one_of
from convolens.augmentation.draw import tone_codes as tone
from convolens.augmentation.draw.matrix import compose
from convolens.augmentation.draw.ranges import WHERE, numbers
from convolens.errors import ArgumentError

# The fourteen, in the papers' order; AutoContrast and Equalize have no strength.
OPERATIONS = (
    tone.NOTHING, tone.SHEAR_X, tone.SHEAR_Y, tone.TRANSLATE_X, tone.TRANSLATE_Y, tone.ROTATE, tone.BRIGHTNESS,
    tone.SATURATION, tone.CONTRAST, tone.SHARPNESS, tone.POSTERIZE, tone.SOLARIZE, tone.AUTOCONTRAST, tone.EQUALIZE,
)  # fmt: skip
MAGNITUDES = 30  # the highest
NUMBERS = 3  # random numbers an operation: which, how strong, which way


def check(randaugment: Any, trivialaugment: Any) -> None:
    """Refuse settings that are none.

    Raises:
        ArgumentError: not (count, magnitude); both policies at once.
    """
    one_of(WHERE, "trivialaugment", trivialaugment, (False, True))
    if randaugment is None:
        return
    found = numbers(randaugment)
    if found is None or len(found) != 2 or found[0] not in range(1, 15) or not 0 <= found[1] <= MAGNITUDES:
        raise ArgumentError(
            f"{WHERE}: randaugment must be (operations an image, 1 to 14; magnitude, 0 to {MAGNITUDES}); "
            f"received {randaugment!r}. Try (2, 9)."
        )
    if trivialaugment:
        raise ArgumentError(
            f"{WHERE}: randaugment and trivialaugment are two policies for the same; give one of them."
        )


def randaugment(
    u: np.ndarray, magnitude: float, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what RandAugment does: matrices (n, 2, 3), codes (n, k) and amounts (n, k) of k operations an image.

    The geometric operations are one matrix about the middle of the image, so pixels are interpolated once; the others
    follow in their drawn order.

    Args:
        u: (n, 3 k) in [0, 1).
        magnitude: 0 to 30, the same for all operations.
        shape: (rows, columns) of the images.

    Source:
        Cubuk et al., "RandAugment" (2019), with the ranges of torchvision's `RandAugment`.

    Example:
        >>> matrix, codes, amounts = randaugment(np.array([[6 / 14, 0, 0.9]]), 10, (8, 8))
        >>> tone.NAMES[codes[0, 0]], round(float(amounts[0, 0]), 3)
        ('bright', 1.3)
    """
    choice = _choice(u)
    level = np.full(choice.shape, magnitude / MAGNITUDES)
    return _operations(u, choice, level, shape, 0.3, [150 / 331 * side for side in shape], 30.0, 0.9, 4)


def trivialaugment(u: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what TrivialAugment does: one operation an image of any magnitude; see `randaugment`.

    Args:
        u: (n, 3) in [0, 1).
        shape: (rows, columns) of the images.

    Source:
        Müller and Hutter, "TrivialAugment" (2021), its wide ranges, shifts of up to 32 pixels included.

    Example:
        >>> trivialaugment(np.array([[5 / 14, 0.999, 0.9]]), (8, 8))[2].tolist()
        [[135.0]]
    """
    level = np.floor(u[:, 1::NUMBERS] * (MAGNITUDES + 1)) / MAGNITUDES
    return _operations(u, _choice(u), level, shape, 0.99, [32.0, 32.0], 135.0, 0.99, 6)


def _choice(u: np.ndarray) -> np.ndarray:
    # 1e-9: k / 14 as a float must not fall short of k
    return np.array(OPERATIONS, np.uint8)[(u[:, ::NUMBERS] * len(OPERATIONS) + 1e-9).astype(np.int64)]


def _operations(
    u: np.ndarray,
    codes: np.ndarray,
    level: np.ndarray,
    shape: tuple[int, int],
    shear: float,
    shift: list[float],
    degrees: float,
    factor: float,
    bits: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return matrices, codes and amounts of operations at a level in [0, 1] of the highest amounts."""
    signed = np.where(u[:, 2::NUMBERS] < 0.5, -level, level)
    highest = {
        tone.SHEAR_X: shear * signed,
        tone.SHEAR_Y: shear * signed,
        tone.TRANSLATE_X: shift[1] * signed,
        tone.TRANSLATE_Y: shift[0] * signed,
        tone.ROTATE: degrees * signed,
        tone.POSTERIZE: 8 - np.rint(bits * level),
        tone.SOLARIZE: 255 * (1 - level),
    }
    for code in (tone.BRIGHTNESS, tone.SATURATION, tone.CONTRAST, tone.SHARPNESS):
        highest[code] = 1 + factor * signed
    amounts = np.zeros(codes.shape)
    for code, values in highest.items():
        amounts = np.where(codes == code, values, amounts)
    matrix = np.tile(np.eye(3)[:2], (len(u), 1, 1))
    for k in range(codes.shape[1]):
        matrix = compose(matrix, _about_the_middle(codes[:, k], amounts[:, k], shape))
    return matrix, codes, amounts


def _about_the_middle(codes: np.ndarray, amounts: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the matrix (n, 2, 3) of one geometric operation an image; others leave everything where it is."""

    def of(code: int) -> np.ndarray:
        return np.where(codes == code, amounts, 0.0)

    matrix = np.tile(np.eye(3)[:2], (len(codes), 1, 1))  # (row, column) to (row, column)
    angle = np.deg2rad(of(tone.ROTATE))
    matrix[:, 0, 0] = matrix[:, 1, 1] = np.cos(angle)
    matrix[:, 0, 1] = np.sin(angle) + of(tone.SHEAR_Y)
    matrix[:, 1, 0] = -np.sin(angle) + of(tone.SHEAR_X)
    middle = np.array([(side - 1) / 2 for side in shape])
    moved = np.stack([of(tone.TRANSLATE_Y), of(tone.TRANSLATE_X)], axis=1)
    matrix[:, :, 2] = middle - matrix[:, :, :2] @ middle + moved
    return matrix


def describe(randaugment: Any, trivialaugment: bool) -> list[str]:
    """Return a line if one is on."""
    count = len(OPERATIONS)
    if randaugment is not None:
        chosen, magnitude = randaugment
        return [f"RandAugment: {chosen:g} of {count} operations, magnitude {magnitude:g} of {MAGNITUDES}"]
    return [f"TrivialAugment: one of {count} operations, of any magnitude"] if trivialaugment else []
