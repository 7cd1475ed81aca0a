"""What Keras' networks for small devices share: zeros before a step of two, and filters in multiples of eight."""

from convolens.layers import SymbolicTensor


def correct_pad(x: SymbolicTensor, kernel_size: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the zeros ((top, bottom), (left, right)) with which a step of two looks where TensorFlow's "same" does.

    Args:
        x: images; where a side is free, they are those of an even one, as in Keras.
        kernel_size: of the convolution behind, in pixels.

    Example:
        >>> correct_pad(SymbolicTensor((None, 224, 225, 3)), 3)
        ((0, 1), (1, 1))
    """
    rows, columns = x.shape[1:3]
    before = kernel_size // 2
    if rows is None or columns is None:
        return ((before - 1, before), (before - 1, before))
    return ((before - 1 + rows % 2, before), (before - 1 + columns % 2, before))


def divisible(filters: float, divisor: int = 8) -> int:
    """Return the multiple that is nearest to a number of filters, the next one where that is over a tenth less.

    Example:
        >>> divisible(1280 * 1.4), divisible(11)
        (1792, 16)
    """
    rounded = max(divisor, int(filters + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * filters else rounded
