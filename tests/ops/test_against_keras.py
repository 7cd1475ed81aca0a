"""Every function of `keras.ops` that is here gives Keras' values, types and shapes."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from convolens import ops
from operation_calls import CALLS, IMAGE_CALLS, IMAGES, RANDOM, X, Y, default_calls

WITHOUT_KERAS = {"is_tensor"}
KINDS = ["bool", "uint8", "int8", "int16", "uint16", "int32", "uint32", "int64", "float16", "float32"]
ALONG = [
    "all", "amax", "amin", "any", "argmax", "argmin", "average", "count_nonzero", "logsumexp", "max", "mean", "median", "min",
    "prod", "std", "sum", "var",
]  # fmt: skip
ROWS = ["argsort", "cumprod", "cumsum", "sort"]
PAIRS = [
    "add",
    "divide",
    "divide_no_nan",
    "equal",
    "greater",
    "hypot",
    "isclose",
    "logaddexp",
    "maximum",
    "multiply",
    "subtract",
]
PRODUCTS: dict[str, Callable[[Any, Any], tuple[Any, ...]]] = {
    "dot": lambda x, y: (x, y.T),
    "einsum": lambda x, y: ("ij,kj->ik", x, y),
    "inner": lambda x, y: (x, y),
    "matmul": lambda x, y: (x, y.T),
    "outer": lambda x, y: (x, y),
    "tensordot": lambda x, y: (x, y.T, 1),
    "vdot": lambda x, y: (x[0], y[0]),
}


def same(made: Any, wanted: Any) -> None:
    if isinstance(wanted, str):
        assert made == wanted
    elif isinstance(wanted, (list, tuple)):
        assert len(made) == len(wanted)
        for one, other in zip(made, wanted, strict=True):
            same(one, other)
    else:
        made, wanted = np.asarray(made), keras.ops.convert_to_numpy(wanted)
        np.testing.assert_allclose(made, wanted, rtol=2e-5, atol=2e-6)
        assert made.dtype.kind == wanted.dtype.kind


def check(ours: Callable[..., Any], keras_function: Callable[..., Any], calls: list[tuple[Any, ...]]) -> None:
    for arguments in calls:
        theirs = [
            keras.ops.convert_to_tensor(one) if isinstance(one, np.ndarray) else one for one in arguments
        ]
        same(ours(*arguments), keras_function(*theirs))


@pytest.mark.parametrize("name", sorted(set(dir(ops)) - WITHOUT_KERAS))
def test_a_function_gives_keras_values(name: str) -> None:
    check(getattr(ops, name), getattr(keras.ops, name), CALLS.get(name, default_calls(name)))


@pytest.mark.parametrize("name", sorted(set(ops.image.__all__) - {"flip_left_right", "flip_up_down"}))
def test_a_function_of_images_gives_keras_values(name: str) -> None:
    check(getattr(ops.image, name), getattr(keras.ops.image, name), IMAGE_CALLS[name])


def numbers(kind: str, shape: tuple[int, ...] = (3, 4), low: int = 90, high: int = 120) -> np.ndarray:
    return RANDOM.integers(*((0, 2) if kind == "bool" else (low, high)), shape).astype(kind)


@pytest.mark.parametrize("name", [*ALONG, *ROWS])
def test_what_goes_along_axes_takes_every_type_and_all_values(name: str) -> None:
    low, high = (1, 4) if name in ("prod", "cumprod") else (90, 120)
    for kind in KINDS:
        x = numbers(kind, (3, 4), low, high)
        for axis in (None, 0, -1):
            check(getattr(ops, name), getattr(keras.ops, name), [(x, axis)])
        if name in ALONG and not name.startswith("arg"):
            check(getattr(ops, name), getattr(keras.ops, name), [(x, (0, 1))])


@pytest.mark.parametrize("name", ["abs", "ceil", "exp", "floor", "round", "sign", "sqrt", "square", "trunc"])
def test_functions_of_one_take_every_type(name: str) -> None:
    kinds = set(KINDS) - ({"bool"} if name in ("round", "sign") else {"float16"} if name == "exp" else set())
    check(getattr(ops, name), getattr(keras.ops, name), [(numbers(kind),) for kind in kinds])


@pytest.mark.parametrize("name", sorted([*PRODUCTS, *PAIRS]))
def test_functions_of_two_take_every_pair_of_types(name: str) -> None:
    for kind in KINDS:
        for other in {kind, "bool", "int8", "int32", "float32"}:
            refused = (
                kind == other == "bool" if name in ("hypot", "subtract") else kind != other or kind == "bool"
            )
            if name in ("einsum", "hypot", "subtract") and refused:  # by Keras too
                continue
            x, y = numbers(kind), numbers(other)
            pairs = PRODUCTS.get(name, lambda x, y: (x, y))(x, y)
            check(getattr(ops, name), getattr(keras.ops, name), [pairs])


@pytest.mark.parametrize("mode", ["reflect", "symmetric", "SYMMETRIC"])
def test_values_around_are_numpys(mode: str) -> None:
    widths = ((1, 1), (2, 1), (0, 3))
    np.testing.assert_array_equal(ops.pad(X, widths, mode), np.pad(X, widths, mode.lower()))


def test_the_largest_of_nothing_is_what_it_begins_with() -> None:
    for axis in (None, 0, (0, 2)):
        np.testing.assert_array_equal(
            ops.min(X[:0], axis, True, 3), np.min(X[:0], axis, keepdims=True, initial=3)
        )


def test_a_number_that_is_no_class_is_a_row_of_zeros() -> None:
    np.testing.assert_array_equal(ops.one_hot([2, -1], 2), np.zeros((2, 2)))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: ops.mean(X, 3), "mean: axis=3 does not exist in a tensor of rank 3."),
        (lambda: ops.max(X[:0], 0), "max: (0, 3, 4) has no values along axes [0]; give initial=."),
        (lambda: ops.reshape(X, (5, 5)), "reshape: (2, 3, 4) has 24 values, which do not fit (5, 5)."),
        (lambda: ops.squeeze(X, 1), "squeeze: axis 1 of (2, 3, 4) has size 3, not 1."),
        (lambda: ops.split(X, 2, 1), "split: 3 along axis 1 do not make 2 parts of one size."),
        (
            lambda: ops.pad(X, 1, "wrap"),
            'pad: mode must be "constant", "reflect" or "symmetric"; received \'wrap\'.',
        ),
        (
            lambda: ops.pad(X, 3, "reflect"),
            "pad: reflect has 1 values for each side of axis 0; received [3, 3].",
        ),
        (lambda: ops.image.resize(IMAGES, (2, 2), "bilinaer"), "Did you mean 'bilinear'?"),
    ],
)
def test_what_cannot_be_done_says_so(call: Callable[[], Any], says: str) -> None:
    with pytest.raises(ValueError) as told:
        call()
    assert says in str(told.value)


def test_keras_has_some_functions_in_rooms_too() -> None:
    assert ops.nn.relu is ops.relu
    assert ops.linalg.norm is ops.norm
    with pytest.raises(AttributeError, match=r"keras\.ops\.nn\.polar is not here"):
        _ = ops.nn.polar
    with pytest.raises(AttributeError, match=r"keras\.ops\.nn\.relo is not here, nor in Keras"):
        _ = ops.nn.relo


def test_parts_of_other_shapes_are_no_complex_numbers() -> None:
    with pytest.raises(ValueError, match=r"received \(2, 3, 4\) and \(3, 4\)"):
        ops.fft2((X, Y))
