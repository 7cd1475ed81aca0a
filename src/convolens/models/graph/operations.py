"""Operations: the functions in a graph (`x + y`, `ops.mean(x, axis=1)`) as the classes that Keras' files name for them; no others are read."""

import functools
import inspect
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens import ops
from convolens.arguments import look_up
from convolens.custom_objects import known
from convolens.errors import ArgumentError
from convolens.layers import Operation
from convolens.layers.calls.symbols import Node, is_symbolic, mapped
from convolens.models.graph.plain_values import read, written
from convolens.tensor import as_dtype

# Functions of `ops` that are classes of Keras: its module, how many of the first arguments its `call` takes (the others are its options).
_FUNCTIONS = {
    ("numpy", 1): (
        "abs all amax amin any arccos arccosh arcsin arcsinh arctan arctanh argmax argmin argsort broadcast_to ceil clip "
        "concatenate copy cos cosh count_nonzero cumprod cumsum diag exp exp2 expand_dims expm1 flip floor hstack isfinite isinf isnan "
        "log log10 log1p log2 logical_not max mean median min moveaxis nan_to_num negative ones_like prod ravel reciprocal repeat "
        "reshape roll round sign sin sinh sort split sqrt square squeeze stack std sum swapaxes tan tanh tile transpose tril triu "
        "trunc var vstack zeros_like"
    ),
    ("numpy", 2): (
        "add arctan2 divide divide_no_nan dot equal floor_divide full_like get_item greater "
        "greater_equal hypot inner less less_equal logaddexp logical_and logical_or logical_xor matmul maximum minimum mod multiply "
        "not_equal outer power searchsorted subtract take take_along_axis tensordot true_divide vdot"
    ),
    ("numpy", 3): "where",
    ("numpy", 4): "isclose",
    ("nn", 1): (
        "average_pool depth_to_space elu gelu hard_sigmoid hard_silu leaky_relu log_sigmoid log_softmax max_pool moments "
        "normalize one_hot relu relu6 selu sigmoid silu softmax softplus softsign space_to_depth"
    ),
    ("nn", 2): "binary_crossentropy categorical_crossentropy conv depthwise_conv sparse_categorical_crossentropy",
    ("nn", 3): "separable_conv",
    ("math", 1): "erf erfc erfinv logsumexp rsqrt top_k",
    ("math", 2): "in_top_k",
    ("linalg", 1): "det norm",
    ("core", 1): "cast saturate_cast stop_gradient unstack",
    ("image", 1): "crop_images extract_patches gaussian_blur hsv_to_rgb pad_images resize rgb_to_grayscale rgb_to_hsv sobel_edges",
}  # fmt: skip
_CLASSES = {
    "abs": "Absolute", "hsv_to_rgb": "HSVToRGB", "rgb_to_grayscale": "RGBToGrayscale", "rgb_to_hsv": "RGBToHSV", "searchsorted": "SearchSorted",
}  # fmt: skip
# Those whose `call` takes other arguments than the first.
_CALLED = {"average": ("x", "weights"), "pad": ("x", "constant_values")}
# What our functions take and Keras' classes do not.
_BEYOND = {"relu": ("alpha", "max_value", "threshold")}
# What Python calls the operators of symbolic tensors.
_OPERATORS = {
    "abs": "abs", "add": "add", "floordiv": "floor_divide", "ge": "greater_equal", "getitem": "get_item", "gt": "greater",
    "le": "less_equal", "lt": "less", "matmul": "matmul", "mod": "mod", "mul": "multiply", "neg": "negative", "pow": "power",
    "sub": "subtract", "truediv": "true_divide",
}  # fmt: skip
# Options of Keras' classes that we do not have, and what they are where they ask for nothing.
_NEUTRAL = {
    "decimals": 0,
    "dtype": None,
    "fill_mode": "constant",
    "initial": None,
    "sparse": False,
    "synchronized": False,
}


@dataclass(frozen=True)
class Kind:
    """A class of Keras' operations.

    Attributes:
        name: of our function.
        function: which computes it.
        module, class_name: where Keras has it.
        called: the arguments of the function that its `call` takes.
        options: those that its constructor takes.
    """

    name: str
    function: Callable[..., Any]
    module: str
    class_name: str
    called: tuple[str, ...]
    options: tuple[str, ...]


def get_item(x: Any, key: Any) -> Any:
    """Return a part of a tensor.

    Args:
        x: a tensor.
        key: its place: a number, a slice and so on, or several in a tuple.
    """
    return x[key]


@functools.cache
def kinds() -> dict[str, Kind]:
    """Return the operations of Keras that are here, by the names of our functions."""
    rows = {name: (module, count) for (module, count), names in _FUNCTIONS.items() for name in names.split()}
    rows |= dict.fromkeys(_CALLED, ("numpy", 0))
    return {name: _kind(name, *row) for name, row in rows.items()}


def _kind(name: str, module: str, count: int) -> Kind:
    function = get_item if name == "get_item" else getattr(ops.image if module == "image" else ops, name)
    names = tuple(inspect.signature(function).parameters)
    called = _CALLED.get(name) or names[:count]
    options = tuple(one for one in names if one not in called and one not in _BEYOND.get(name, ()))
    class_name = _CLASSES.get(name) or "".join(part.capitalize() for part in name.split("_"))
    return Kind(name, function, f"keras.src.ops.{module}", class_name, called, options)


@functools.cache
def _by_class() -> dict[str, Kind]:
    return {kind.class_name: kind for kind in kinds().values()}


def is_operation(description: Mapping[str, Any]) -> bool:
    """Return whether a description is of one of Keras' operations, which may be named as a layer is.

    HDF5 files do not say where a class is; of Keras 3's classes only layers have `trainable`.
    """
    if "module" in description:
        return str(description["module"]).startswith("keras.src.ops.")
    calls = description.get("inbound_nodes")
    if not (isinstance(calls, list) and calls and isinstance(calls[0], Mapping)):
        return False  # older than Keras 3
    name = description.get("class_name")
    return name in _by_class() and known(name) is None and "trainable" not in description.get("config", {})


def operation_from(description: Mapping[str, Any]) -> Operation:
    """Return the layer of the graph that Keras, or `described`, wrote of an operation.

    Raises:
        UnknownNameError: it is none of those that are here. ArgumentError: it has an option that is not here.
    """
    kind = look_up("model description", "operation", str(description["class_name"]), _by_class())
    config = dict(description.get("config", {}))
    name = config.pop("name", None)
    for key, value in config.items():
        if key not in kind.options and (key not in _NEUTRAL or repr(value) != repr(_NEUTRAL[key])):
            raise ArgumentError(
                f"model description: {kind.class_name} {name!r} with {key}={value!r:.80} is not supported."
            )
    given = {key: read(config[key]) for key in kind.options if key in config}
    return Operation(kind.function, given, name=name)


def placed(
    layer: Operation, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return what the `call` of Keras' class was given as our function takes it: the first argument, and keywords.

    Args:
        layer: of `operation_from`.
        arguments, keywords: of the `call`.
    """
    kind = _kind_of(layer)
    keywords = dict(zip(kind.called[1:], arguments[1:], strict=False)) | keywords
    if isinstance(keywords.get("key"), list):  # JSON has no tuples
        keywords["key"] = tuple(keywords["key"])
    return arguments[:1], keywords


def described(layer: Operation) -> dict[str, Any]:
    """Return the description of a function in a graph, as Keras writes it.

    Raises:
        ArgumentError: Keras has no such operation, or it was called with what has no written form.
    """
    kind = _kind_of(layer)
    told = [_options(layer, kind, node) for node in layer.inbound_nodes] or [layer.given]
    if any(one != told[0] for one in told):
        raise ArgumentError(
            f"{layer.title}: was called with other options each time; make an Operation for each call."
        )
    return {
        "module": kind.module,
        "class_name": kind.class_name,
        "config": {"name": layer.name or layer.default_name, **told[0]},
        "registered_name": kind.class_name,
    }


def described_call(node: Node) -> tuple[Any, ...]:
    """Return what the `call` of Keras' class takes of a call of a function."""
    layer: Any = node.layer
    kind = _kind_of(layer)
    bound = _bound(layer, kind, node)
    if kind.name == "get_item":
        bound["key"] = _plain_key(layer, bound["key"])
    return tuple(bound[name] for name in kind.called)


def _plain_key(layer: Operation, key: Any) -> Any:
    """Return a key as Keras' GetItem takes it: numbers, slices, `...` and new axes."""
    parts = key if isinstance(key, tuple) else (key,)
    if not all(part is None or part is ... or isinstance(part, (int, np.integer, slice)) for part in parts):
        raise ArgumentError(
            f"{layer.title}: Keras takes no lists and arrays as a place (x[:, [0, 2]]), so no file holds it; use ops.take(x, [0, 2], axis=1)."
        )
    return (None,) if key is None else key


def _kind_of(layer: Operation) -> Kind:
    name = getattr(layer.function, "__name__", "")
    operators = getattr(operator, name, None) is layer.function
    kind = kinds().get(_OPERATORS.get(name, "") if operators else name)
    if kind is None or not (operators or kind.function is layer.function):
        raise layer.unwritten()
    return kind


def _bound(layer: Operation, kind: Kind, node: Node) -> dict[str, Any]:
    """Return all arguments of a call of a function by their names."""
    bound = inspect.signature(kind.function).bind(*node.arguments, **layer.given | node.keywords)
    bound.apply_defaults()
    return bound.arguments


def _options(layer: Operation, kind: Kind, node: Node) -> dict[str, Any]:
    """Return the options of Keras' class in a call of a function."""
    bound = _bound(layer, kind, node)
    parameters = inspect.signature(kind.function).parameters
    for name in _BEYOND.get(kind.name, ()):
        if bound[name] != parameters[name].default:
            raise ArgumentError(
                f"{layer.title}: Keras' {kind.class_name} has no {name}, so no file holds it; use a layer instead."
            )
    options = {name: bound[name] for name in kind.options}
    if is_symbolic(options):
        raise layer.unwritten()
    if options.get("dtype") is not None:
        options["dtype"] = as_dtype(options["dtype"]).name
    return {name: mapped(_listed, value) for name, value in options.items()}


def _listed(leaf: Any) -> Any:
    """Return a value as Keras writes it among options: arrays as lists."""
    told = written(leaf)
    return told["config"]["value"] if isinstance(told, dict) else told
