"""Tensors as users see them: NumPy's results, TensorFlow's words, torch's gradients."""

import copy
import operator
from typing import Any

import numpy as np
import pytest
import torch

from convolens.errors import ArgumentTypeError, ShapeError
from convolens.tensor import Tensor, Variable, as_dtype, as_inside, as_surface, as_tensor

GRID = np.arange(1, 25, dtype=np.float32).reshape(2, 3, 4)
SLICES: list[Any] = [
    np.s_[0],
    np.s_[..., None],
    np.s_[:, 1],
    np.s_[::-1],
    np.s_[..., ::-1],
    np.s_[:, ::-2, 1:],
    np.s_[0, ::-1],
    np.s_[None, :, ::-1],
    np.s_[:, :, 3:0:-1],
    np.s_[:, :, -2::-1],
    np.s_[..., None, ::-1],
]
OPERATORS = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "eq", "ne", "lt", "le", "gt", "ge"]


@pytest.mark.parametrize("index", SLICES, ids=str)
def test_parts_are_numpys(index: Any) -> None:
    np.testing.assert_array_equal(as_tensor(GRID)[index].numpy(), GRID[index])


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("other", [2, 2.5, GRID[0] % 3 + 1, np.float64(2), [1.0, 2.0, 3.0, 4.0]], ids=str)
def test_operators_take_numbers_and_arrays_on_both_sides(name: str, other: Any) -> None:
    do, array = getattr(operator, name), np.asarray(other, np.float32)
    with np.errstate(over="ignore"):
        for made, wanted in (
            (do(as_tensor(GRID), other), do(GRID, array)),
            (do(other, as_tensor(GRID)), do(array, GRID)),
        ):
            assert type(made) is Tensor
            assert made.dtype == wanted.dtype
            np.testing.assert_allclose(made.numpy(), wanted, rtol=1e-6)


@pytest.mark.parametrize("function", [np.mean, np.max, np.argmax, np.sqrt, np.squeeze, np.asarray, np.array])
def test_numpys_functions_take_tensors_and_give_arrays(function: Any) -> None:
    made = function(as_tensor(GRID).requires_grad_())
    assert isinstance(made, (np.ndarray, np.generic))
    np.testing.assert_array_equal(made, function(GRID))


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (1, "int32"),
        (1.0, "float32"),
        (True, "bool"),
        ([1, 2], "int32"),
        ([[0.5]], "float32"),
        (2**40, "int64"),
    ]
    + [(np.ones(2, name), name) for name in ("float64", "uint8", "int64", "float16", "bool")]
    + [([as_tensor(1.0), 2], "float32"), (np.float64(1), "float64"), (range(3), "int32")],
)
def test_types_of_values_are_tensorflows(value: Any, dtype: str) -> None:
    tensor = as_tensor(value)
    assert (tensor.dtype, tensor.dtype.name, as_dtype(tensor.dtype)) == (dtype, dtype, as_dtype(dtype))
    assert as_tensor(value, "float32").dtype == np.float32


def test_the_words_of_tensorflow() -> None:
    x = as_tensor(GRID)
    assert x.shape == (2, 3, 4) == tuple(x.get_shape())
    assert x.shape[1:].as_list() == [3, 4]
    assert (x.shape.rank, x.shape.num_elements(), x.shape == [2, 3, 4]) == (3, 24, True)
    assert f"{x[0, 0, 0]:.2f}" == "1.00"
    assert str(as_tensor(0.5)) == "tf.Tensor(0.5, shape=(), dtype=float32)"
    assert repr(as_tensor([1])) == "<tf.Tensor: shape=(1,), dtype=int32, numpy=array([1], dtype=int32)>"
    assert isinstance(x[0, 0, 0].numpy(), np.float32)
    with pytest.raises(ShapeError, match=r"set_shape: the tensor has shape \(2, 3, 4\); received \(2, 3\)."):
        x.set_shape((2, 3))


def test_what_is_taken_out_or_changed_leaves_the_tensor_as_it_was() -> None:
    x = before = as_tensor(GRID)
    x.numpy()[:] = 0
    x += 1
    np.testing.assert_array_equal(before, GRID)
    np.testing.assert_array_equal(x, GRID + 1)
    copied = copy.deepcopy(before)
    assert copied is not before
    np.testing.assert_array_equal(copied, before)


def test_text_is_no_tensor_of_numbers() -> None:
    with pytest.raises(ArgumentTypeError, match="A tensor is made of numbers; received 'seven'"):
        as_tensor("seven")


def test_networks_see_a_plain_view_and_gradients_reach_what_the_surface_shows() -> None:
    outside = as_tensor(np.random.default_rng(0).random((2, 4, 5, 3), "float32"))
    plain = as_inside(outside)
    assert (type(plain), plain.shape) == (torch.Tensor, (2, 3, 4, 5))
    assert plain.data_ptr() == outside.data_ptr()
    given = plain.clone().requires_grad_()
    shown = as_surface(given)
    assert (type(shown), shown.shape) == (Tensor, (2, 4, 5, 3))
    assert shown.data_ptr() == given.data_ptr()
    assert as_inside(shown) is given
    (gradient,) = torch.autograd.grad((shown**2).sum(), given)
    np.testing.assert_allclose(as_surface(gradient).numpy(), 2 * outside.numpy(), rtol=1e-6)


def test_whole_numbers_and_doubles_become_what_networks_take() -> None:
    assert as_inside(as_tensor(np.ones((1, 2), "uint8"))).dtype == torch.float32
    assert as_inside(as_tensor(np.ones((1, 2)))).dtype == torch.float32


def test_variables_change_in_place_and_give_gradients() -> None:
    start = np.ones((2, 3), "float32")
    v = Variable(start, name="w")
    assert v.assign_add(start) is v
    v.assign_sub(0.5 * start)
    np.testing.assert_array_equal(v.numpy(), 1.5 * start)
    np.testing.assert_array_equal(start, np.ones((2, 3)))
    assert type(v * 2) is Tensor
    (gradient,) = torch.autograd.grad((v * v).sum(), v)
    np.testing.assert_array_equal(gradient, 3 * start)
    assert (v.name, v.trainable, Variable(1.0, trainable=False).requires_grad) == ("w:0", True, False)
    assert not Variable([1, 2]).requires_grad
    with pytest.raises(ShapeError, match=r"assign: the variable has shape \(2, 3\); received \(3,\)."):
        v.assign([1.0, 2.0, 3.0])


@pytest.mark.parametrize("index", [np.s_[0, 1], np.s_[1], np.s_[:, ::-1], np.s_[..., :2], np.s_[:, None, 1]])
def test_what_is_assigned_to_a_part_changes_the_variable(index: Any) -> None:
    expected = np.arange(6, dtype="float32").reshape(3, 2).T  # not as it lies in memory
    v, value = Variable(torch.from_numpy(expected)), 10 + np.arange(np.size(expected[index]), dtype="float32")
    expected = expected.copy()
    for change in ("assign", "assign_add", "assign_sub"):
        assert getattr(v[index], change)(value.reshape(expected[index].shape)) is v
    expected[index] = value.reshape(expected[index].shape)
    np.testing.assert_array_equal(v.numpy(), expected)
    with pytest.raises(ShapeError, match=r"assign: the part of the variable has shape .*; received \(7,\)."):
        v[index].assign(np.zeros(7))
