"""Calls of the functions of `keras.ops` that are here, for tests that compare them with Keras."""

from typing import Any

import numpy as np

from convolens.ops import elementwise

RANDOM = np.random.default_rng(7)
X = RANDOM.normal(size=(2, 3, 4)).astype("float32")
Y = RANDOM.normal(size=(3, 4)).astype("float32")
POSITIVE = RANDOM.uniform(0.1, 0.9, (2, 3)).astype("float32")
WHOLE = RANDOM.integers(0, 5, (2, 3)).astype("int32")
IMAGES = RANDOM.uniform(0, 1, (2, 6, 8, 3)).astype("float32")
KERNEL = RANDOM.normal(size=(3, 3, 3, 5)).astype("float32")
DEPTHWISE = RANDOM.normal(size=(3, 3, 3, 2)).astype("float32")
POINTWISE = RANDOM.normal(size=(1, 1, 6, 4)).astype("float32")
TRANSPOSED = RANDOM.normal(size=(3, 3, 5, 3)).astype("float32")
SQUARE = RANDOM.normal(size=(3, 3)).astype("float32")
CHANNELS = RANDOM.uniform(0.5, 1.5, 4).astype("float32")
PROBABILITIES = np.array([[0.1, 0.6, 0.3], [0.2, 0.2, 0.6]], "float32")
CLASSES = np.array([1, 2], "int32")

# Name: calls of it, as arguments and keywords. What is not here is called on one tensor, or on two.
CALLS: dict[str, list[tuple[Any, ...]]] = {
    "arange": [(5,), (1, 7, 2), (0.0, 1.0, 0.25)],
    "argmax": [(X,), (X, 1), (X, -1, True), (np.array([1, 3, 3]),)],
    "argmin": [(X,), (X, 1), (X, -1, True)],
    "argsort": [(X,), (X, 0), (X, None)],
    "average": [(X,), (X, 1), (X, -1, CHANNELS)],
    "average_pool": [(IMAGES, 2), (IMAGES, (2, 3), (1, 2), "valid"), (IMAGES, 3, 2, "same"), (IMAGES, 3, 1, "same"), (IMAGES, (3, 2), 1, "same")],
    "batch_normalization": [(X, CHANNELS, CHANNELS, -1), (X, CHANNELS, CHANNELS, -1, CHANNELS, CHANNELS, 0.1)],
    "binary_crossentropy": [(np.round(POSITIVE), POSITIVE), (np.round(POSITIVE), POSITIVE, True)],
    "bitwise_and": [(WHOLE, WHOLE[::-1])],
    "bitwise_or": [(WHOLE, WHOLE[::-1])],
    "bitwise_xor": [(WHOLE, WHOLE[::-1])],
    "broadcast_to": [(Y, (2, 3, 4))],
    "cast": [(X, "int32"), (WHOLE, "float32"), (WHOLE, "bool")],
    "categorical_crossentropy": [(np.eye(3, dtype="float32")[CLASSES], PROBABILITIES), (PROBABILITIES, PROBABILITIES, True)],
    "cholesky": [(SQUARE @ SQUARE.T + np.eye(3, dtype="float32"),)],
    "clip": [(X, -0.5, 0.5), (X, -Y, Y * Y)],
    "concatenate": [([X, X],), ([X, X], 1)],
    "conv": [(IMAGES, KERNEL), (IMAGES, KERNEL, 2, "same"), (IMAGES, KERNEL, 1, "same", None, 2)],
    "conv_transpose": [(IMAGES, TRANSPOSED, 2, "same"), (IMAGES, TRANSPOSED, 2), (IMAGES, TRANSPOSED, 1, "same"), (IMAGES, TRANSPOSED, (3, 4))],
    "convert_to_tensor": [(X,), ([1.0, 2.0], "float16")],
    "cumprod": [(X,), (X, 1)],
    "cumsum": [(X,), (X, 1)],
    "depthwise_conv": [(IMAGES, DEPTHWISE), (IMAGES, DEPTHWISE, 2, "same")],
    "det": [(SQUARE,)],
    "diag": [(CHANNELS,), (SQUARE, 1)],
    "dot": [(X, Y.T), (CHANNELS, CHANNELS), (X, 2.0)],
    "einsum": [("bij,ij->b", X, Y)],
    "elu": [(X,), (X, 0.5)],
    "empty": [],  # values of any kind
    "expand_dims": [(X, 0), (X, -1), (X, (0, 2))],
    "eye": [(3,), (2, 4, 1)],
    "flip": [(X,), (X, 1)],
    "full": [((2, 3), 7.0)],
    "full_like": [(X, 2)],
    "fft": [((X, X * 2),)],
    "fft2": [((X, X * 2),)],
    "gelu": [(X,), (X, False)],
    "identity": [(3,)],
    "ifft2": [((X, X * 2),)],
    "in_top_k": [(CLASSES, PROBABILITIES, 1), (CLASSES, PROBABILITIES, 2)],
    "inv": [(SQUARE,)],
    "isclose": [(X, X + 1e-6), (X, X + 1)],
    "layer_normalization": [(X,), (X, CHANNELS, CHANNELS, -1, 0.1)],
    "leaky_relu": [(X,), (X, 0.1)],
    "linspace": [(0.0, 1.0, 5), (0.0, 1.0, 5, False), (1, 3, 4, False, True), (2.0, 7.0, 3, True, True, "float32"), (CHANNELS, -CHANNELS, 3)],
    "log_softmax": [(X,), (X, 0), (X, None), (X, (0, 2))],
    "logical_and": [(WHOLE > 1, WHOLE < 4)],
    "logical_not": [(WHOLE > 1,)],
    "logical_or": [(WHOLE > 1, WHOLE < 4)],
    "logical_xor": [(WHOLE > 1, WHOLE < 4)],
    "matmul": [(X, Y.T), (Y, CHANNELS)],
    "max": [(X,), (X, (0, 2), True), (X, 1, False, 0.5)],
    "max_pool": [(IMAGES, 2), (IMAGES, 3, 2, "same"), (IMAGES - 2, (2, 3), (1, 2), "same")],
    "mean": [(X,), (X, 1), (X, (0, -1), True), (WHOLE,)],
    "min": [(X,), (X, (0, 2), True), (X, 1, False, -0.5)],
    "meshgrid": [(CHANNELS, CHANNELS[:2])],
    "moments": [(X, 1), (X, (0, 1), True)],
    "moveaxis": [(X, 0, -1)],
    "multi_hot": [(WHOLE, 6), (WHOLE, 6, 0), (WHOLE, 6, 1), (CLASSES, 3), (CLASSES, 3, 0)],
    "norm": [(X,), (SQUARE, "fro"), (X, 1, -1), (X, None, 1, True)],
    "normalize": [(X,), (X, 0)],
    "one_hot": [(WHOLE, 5), (WHOLE, 5, 0)],
    "ones": [((2, 3),)],
    "pad": [(X, ((1, 0), (2, 1), (0, 0)))],
    "power": [(POSITIVE, 3.0), (WHOLE, 2)],
    "relu": [(X,)],
    "repeat": [(X, 2), (X, 2, 1), (X, np.array([1, 0, 2]), 1)],
    "reshape": [(X, (4, -1))],
    "round": [(X,), (X, 1), (X * 100, -1), (WHOLE * 7, -1)],
    "roll": [(X, 1), (X, 1, 0), (X, (1, 2), (0, 1))],
    "saturate_cast": [(X * 300, "uint8")],
    "scatter_update": [(X, [[0, 1], [1, 2]], Y[:2]), (CHANNELS, [[3], [0]], [7.0, 8.0])],
    "searchsorted": [(np.sort(CHANNELS), CHANNELS)],
    "separable_conv": [(IMAGES, DEPTHWISE, POINTWISE), (IMAGES, DEPTHWISE, POINTWISE, 2, "same")],
    "slice": [(X, (0, 1, 2), (2, 1, 2)), (X, np.array([1, 0, 0]), (1, 3, 4))],
    "slice_update": [(X, (0, 1, 2), SQUARE[None, :2, :2])],
    "softmax": [(X,), (X, 1), (X, None), (X, (0, 2))],
    "solve": [(SQUARE, Y[:, :1])],
    "sort": [(X,), (X, 0), (X, None)],
    "sparse_categorical_crossentropy": [(CLASSES, PROBABILITIES), (CLASSES, PROBABILITIES, True)],
    "split": [(X, 2, -1), (X, [1, 2], 1)],
    "squeeze": [(X[:1],), (X[:1], 0)],
    "stack": [([X, X],), ([X, X], -1)],
    "svd": [(SQUARE, True, False)],  # the signs of the others are free
    "swapaxes": [(X, 0, 2)],
    "take": [(X, 1), (X, [0, -1], 1), (X, WHOLE % 2, 0)],
    "take_along_axis": [(X, np.argsort(X, 1), 1)],
    "tensordot": [(X, Y), (X, Y, ([2], [1]))],
    "tile": [(X, (1, 2, 1))],
    "top_k": [(X, 2)],
    "trace": [(SQUARE,), (X,), (X, 1), (X, -1, 2, 1), (WHOLE.astype("uint8") + 200,)],
    "transpose": [(X,), (X, (1, 0, 2))],
    "tril": [(SQUARE,), (SQUARE, 1)],
    "triu": [(SQUARE,), (SQUARE, -1)],
    "unstack": [(X,), (X, None, 1)],
    "where": [(X > 0, X, 0.0), (WHOLE > 2,)],
    "zeros": [((2, 3),)],
    "all": [(WHOLE > 0,), (WHOLE > 0, 1)],
    "any": [(WHOLE > 3,), (WHOLE > 3, 1)],
    "depth_to_space": [(np.tile(IMAGES, (1, 1, 1, 4)), 2)],
    "space_to_depth": [(IMAGES, 2)],
    "inner": [(X, Y)],
    "outer": [(CHANNELS, Y)],
    "vdot": [(CHANNELS, CHANNELS)],
    "vstack": [([Y, Y],)],
    "hstack": [([Y, Y],)],
    "map": [(lambda row: row * 2, X)],
    "vectorized_map": [(lambda row: row * 2, X)],
    "switch": [(1, [lambda x: x, lambda x: 2 * x], X)],
    "cond": [(True, lambda: X, lambda: Y)],
    "fori_loop": [(0, 3, lambda index, value: value + index, X)],
    "while_loop": [(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2), (0, X))],
    "scan": [(lambda total, row: (total + row, total), np.zeros((3, 4), "float32"), X)],
    "unique": [(WHOLE,), (WHOLE.ravel(), True, True, True, True), (WHOLE, True, False, True, True, 1), (WHOLE % 2, True, False, False, False, 0)],
    "is_tensor": [(X,)],
    "dtype": [(X,)],
    "divide_no_nan": [(X, np.round(X))],
}  # fmt: skip

IMAGE_CALLS: dict[str, list[tuple[Any, ...]]] = {
    "resize": [((IMAGES * 255).astype("uint8"), (9, 5)), (IMAGES, (9, 5)), (IMAGES, (3, 4)), (IMAGES, (12, 5), "nearest"), (IMAGES, (4, 4), "bilinear", True), (IMAGES, (4, 4), "bilinear", False, True), (IMAGES, (5, 5), "bilinear", False, False, True)],
    "rgb_to_grayscale": [(IMAGES,)],
    "rgb_to_hsv": [(IMAGES,)],
    "hsv_to_rgb": [(IMAGES,)],
    "crop_images": [(IMAGES, 1, 2, 1, 1), (IMAGES, 1, 2, None, None, 3, 4)],
    "pad_images": [(IMAGES, 1, 2, 1, 1), (IMAGES, 1, 2, None, None, 9, 12)],
    "extract_patches": [(IMAGES, 2), (IMAGES, (3, 2), (1, 2), 1, "same")],
    "gaussian_blur": [(IMAGES, (3, 3), (0.8, 0.8), "channels_last")],
    "sobel_edges": [(IMAGES,)],
}  # fmt: skip


def default_calls(name: str) -> list[tuple[Any, ...]]:
    """Return calls of functions value by value: on one tensor, and on two."""
    if name in (*elementwise._TWO, "true_divide"):
        return [(X, Y), (X, 2.0), (3.0, X)]
    domain = POSITIVE + 1 if name == "arccosh" else POSITIVE
    return [(domain,)] if name.startswith(("arc", "log", "sqrt", "rsqrt", "erfinv")) else [(X,), (POSITIVE,)]
