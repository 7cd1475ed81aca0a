"""Functions value by value: of one tensor, and of two that spread over each other."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from convolens.ops.operation import computation
from convolens.ops.reductions import fractions
from convolens.tensor import as_tensor


def _but_truths(torchs: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that leaves truths as they are."""
    return lambda x: x if x.dtype == "bool" else torchs(x)


def _of_fractions(torchs: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of two tensors that torch has of numbers with fractions alone."""

    def function(x1: Any, x2: Any) -> Any:
        kind = torch.promote_types(x1.dtype.torch, x2.dtype.torch)
        kind = kind if kind.is_floating_point else torch.float32
        return torchs(x1.to(kind), x2.to(kind))

    return function


def _subtract(x1: Any, x2: Any) -> Any:
    """Return x1 - x2; truths, which torch does not subtract, are of the other's type."""
    x1, x2 = (x.to(other) if x.dtype == "bool" else x for x, other in ((x1, x2), (x2, x1)))
    return torch.subtract(x1, x2)


_ONE: dict[str, tuple[Callable[..., Any], str]] = {
    "abs": (_but_truths(torch.abs), "the size of x, without its sign"),
    "ceil": (
        lambda x: torch.ceil(fractions(x)),
        "the smallest whole number that is not below x, as a number with fractions",
    ),
    "floor": (
        lambda x: torch.floor(fractions(x)),
        "the largest whole number that is not above x, as a number with fractions",
    ),
    "trunc": (_but_truths(torch.trunc), "x without its fraction"),
    "arccos": (torch.arccos, "the angle whose cosine is x"),
    "arccosh": (torch.arccosh, "the inverse of cosh"),
    "arcsin": (torch.arcsin, "the angle whose sine is x"),
    "arcsinh": (torch.arcsinh, "the inverse of sinh"),
    "arctan": (torch.arctan, "the angle whose tangent is x"),
    "arctanh": (torch.arctanh, "the inverse of tanh"),
    "cos": (torch.cos, "the cosine of x"),
    "cosh": (torch.cosh, "the hyperbolic cosine of x"),
    "erf": (torch.erf, "the error function of x"),
    "erfc": (torch.erfc, "1 - erf(x)"),
    "erfinv": (torch.erfinv, "the inverse of erf"),
    "exp": (torch.exp, "e to the power of x"),
    "exp2": (torch.exp2, "2 to the power of x"),
    "expm1": (torch.expm1, "e^x - 1, exact near 0"),
    "isfinite": (torch.isfinite, "whether x is a number and not infinite"),
    "isinf": (torch.isinf, "whether x is infinite"),
    "isnan": (torch.isnan, "whether x is no number"),
    "log": (torch.log, "the natural logarithm of x"),
    "log10": (torch.log10, "the logarithm of x to base 10"),
    "log1p": (torch.log1p, "log(1 + x), exact near 0"),
    "log2": (torch.log2, "the logarithm of x to base 2"),
    "logical_not": (torch.logical_not, "whether x is 0 or False"),
    "negative": (torch.neg, "-x"),
    "reciprocal": (torch.reciprocal, "1 / x"),
    "rsqrt": (torch.rsqrt, "1 / sqrt(x)"),
    "sign": (torch.sign, "-1, 0 or 1, as x is"),
    "sin": (torch.sin, "the sine of x"),
    "sinh": (torch.sinh, "the hyperbolic sine of x"),
    "sqrt": (torch.sqrt, "the square root of x"),
    "square": (torch.square, "x times x"),
    "tan": (torch.tan, "the tangent of x"),
    "tanh": (torch.tanh, "the hyperbolic tangent of x"),
    # activations
    "hard_sigmoid": (F.hardsigmoid, "x / 6 + 1 / 2, kept within 0 and 1"),
    "hard_silu": (F.hardswish, "x times hard_sigmoid(x)"),
    "log_sigmoid": (F.logsigmoid, "the logarithm of sigmoid(x)"),
    "relu6": (F.relu6, "x kept within 0 and 6"),
    "selu": (F.selu, "the scaled exponential linear unit of x"),
    "sigmoid": (torch.sigmoid, "1 / (1 + e^-x)"),
    "silu": (F.silu, "x times sigmoid(x)"),
    "softplus": (F.softplus, "log(1 + e^x)"),
    "softsign": (F.softsign, "x / (1 + |x|)"),
}

_TWO: dict[str, tuple[Callable[..., Any], str]] = {
    "add": (torch.add, "x1 + x2"),
    "arctan2": (torch.arctan2, "the angle of the point (x2, x1)"),
    "bitwise_and": (torch.bitwise_and, "the bits that both have"),
    "bitwise_or": (torch.bitwise_or, "the bits that either has"),
    "bitwise_xor": (torch.bitwise_xor, "the bits that one of them has"),
    "divide": (torch.true_divide, "x1 / x2"),
    "equal": (torch.eq, "whether x1 is x2"),
    "floor_divide": (torch.floor_divide, "x1 / x2, rounded down"),
    "greater": (torch.gt, "whether x1 is above x2"),
    "greater_equal": (torch.ge, "whether x1 is not below x2"),
    "hypot": (_of_fractions(torch.hypot), "sqrt(x1^2 + x2^2)"),
    "less": (torch.lt, "whether x1 is below x2"),
    "less_equal": (torch.le, "whether x1 is not above x2"),
    "logaddexp": (_of_fractions(torch.logaddexp), "log(e^x1 + e^x2)"),
    "logical_and": (torch.logical_and, "whether both are true"),
    "logical_or": (torch.logical_or, "whether either is true"),
    "logical_xor": (torch.logical_xor, "whether one of them is true"),
    "maximum": (torch.maximum, "the larger of x1 and x2"),
    "minimum": (torch.minimum, "the smaller of x1 and x2"),
    "mod": (torch.remainder, "what is left of x1 / x2, with the sign of x2"),
    "multiply": (torch.multiply, "x1 times x2"),
    "not_equal": (torch.ne, "whether x1 is not x2"),
    "power": (torch.pow, "x1 to the power of x2"),
    "subtract": (_subtract, "x1 - x2"),
}


def _of_one(name: str) -> Callable[..., Any]:
    torchs, says = _ONE[name]

    def function(x: Any) -> Any:
        return torchs(x)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return {says}; value by value."
    return computation(1)(function)


def _of_two(name: str) -> Callable[..., Any]:
    torchs, says = _TWO[name]

    def function(x1: Any, x2: Any) -> Any:
        return torchs(x1, x2)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"Return {says}; value by value.\n\nArgs:\n    x1, x2: shapes that spread over each other."
    )
    return computation(2)(function)


globals().update({name: _of_one(name) for name in _ONE} | {name: _of_two(name) for name in _TWO})

absolute, true_divide, swish, hard_swish = (
    globals()[name] for name in ("abs", "divide", "silu", "hard_silu")
)


@computation(1)
def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """Return x kept within bounds; truths become whole numbers.

    Args:
        x: numbers.
        x_min, x_max: the bounds: numbers, tensors, or None for none.
    """
    x = x.int() if x.dtype == "bool" else x
    bounds = (None if bound is None else as_tensor(bound).to(x.device) for bound in (x_min, x_max))
    return torch.clamp(x, *bounds)


@computation(1)
def round(x: Any, decimals: int = 0) -> Any:
    """Return x rounded, the even one of two.

    Args:
        x: numbers; whole ones keep their type.
        decimals: how many; negative for tens, hundreds ...
    """
    whole = x.dtype.is_integer
    return torch.round(x.double() if whole else x, decimals=decimals).to(x.dtype.torch)


@computation(2)
def divide_no_nan(x1: Any, x2: Any) -> Any:
    """Return x1 / x2, 0 where x2 is 0.

    Args:
        x1, x2: shapes that spread over each other.
    """
    none = x2 == 0
    return torch.where(none, torch.zeros_like(x1 / 1), x1 / torch.where(none, torch.ones_like(x2), x2))


@computation(1)
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """Return x where it is positive, else its share.

    Args:
        x: numbers.
        negative_slope: the share.
    """
    return F.leaky_relu(x, negative_slope)


@computation(1)
def relu(x: Any, alpha: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """Return x where it is above a threshold, else 0.

    Args:
        x: numbers.
        alpha: what x - threshold is multiplied by below it.
        max_value: nothing is larger than this; None for no bound.
        threshold: see above.
    """
    above = torch.clamp(x, max=max_value) if max_value is not None else x
    return torch.where(x > threshold, above, alpha * (x - threshold)) if alpha or threshold else F.relu(above)


@computation(1)
def elu(x: Any, alpha: float = 1.0) -> Any:
    """Return x where it is positive, else alpha (e^x - 1).

    Args:
        x: numbers.
        alpha: see above.
    """
    return F.elu(x, alpha)


@computation(1)
def gelu(x: Any, approximate: bool = True) -> Any:
    """Return the Gaussian error linear unit of x.

    Args:
        x: numbers.
        approximate: whether by tanh.
    """
    return F.gelu(x, approximate="tanh" if approximate else "none")


@computation(1)
def nan_to_num(x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Any:
    """Return x with numbers instead of what is none.

    Args:
        x: numbers.
        nan, posinf, neginf: what stands for them; None for the largest number there is.
    """
    return torch.nan_to_num(x, nan, posinf, neginf)


@computation(2)
def isclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """Return whether |x1 - x2| <= atol + rtol |x2|, value by value.

    Args:
        x1, x2: shapes that spread over each other.
        rtol, atol: see above; of whole numbers both are 0.
        equal_nan: whether what is no number is close to itself.
    """
    kind = torch.promote_types(x1.dtype.torch, x2.dtype.torch)
    if not kind.is_floating_point:
        return x1 == x2
    return torch.isclose(x1.to(kind), x2.to(kind), rtol=rtol, atol=atol, equal_nan=equal_nan)


__all__ = [
    *_ONE, *_TWO, "absolute", "clip", "divide_no_nan", "elu", "gelu", "hard_swish", "isclose", "leaky_relu", "nan_to_num", "relu",
    "round", "swish", "true_divide",
]  # fmt: skip
