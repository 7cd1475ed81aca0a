"""Functions in a graph as tf.keras 2 wrote them (TFOpLambda, SlicingOpLambda), in Keras 3's words."""

from collections.abc import Mapping
from typing import Any

from convolens.errors import ArgumentError, UnknownNameError
from convolens.models.graph.operations import kinds

CLASSES = ("TFOpLambda", "SlicingOpLambda")
# Where TensorFlow has its functions.
_ROOMS = ("", "__operators__", "math", "nn", "linalg", "image", "compat.v1", "compat.v1.math", "compat.v1.nn")
# TensorFlow's function: ours, and TensorFlow's words for its arguments, in our order.
_FUNCTIONS = {
    **{name: f"{name} x" for name in (
        "abs", "ceil", "cos", "cosh", "erf", "exp", "expm1", "floor", "log", "log1p", "log_sigmoid", "logical_not", "negative",
        "reciprocal", "round", "rsqrt", "sigmoid", "sign", "sin", "sinh", "sqrt", "square", "tan", "tanh",
    )},
    **{name: f"{name} x y" for name in (
        "add", "divide", "divide_no_nan", "equal", "greater", "greater_equal", "less", "less_equal", "logical_and", "logical_or",
        "maximum", "minimum", "multiply", "not_equal", "subtract",
    )},
    **{name: f"{name} features" for name in ("elu", "relu", "relu6", "selu", "silu", "softplus", "softsign")},
    **{f"reduce_{name}": f"{name} input_tensor axis keepdims" for name in ("all", "any", "logsumexp", "max", "mean", "min", "prod", "std", "sum")},
    "bias_add": "add value bias",
    "cast": "cast x dtype",
    "clip_by_value": "clip t clip_value_min clip_value_max",
    "concat": "concatenate values axis",
    "expand_dims": "expand_dims input axis",
    "floordiv": "floor_divide x y",
    "floormod": "mod x y",
    "getitem": "get_item tensor slice_spec",
    "leaky_relu": "leaky_relu features alpha",
    "log_softmax": "log_softmax logits axis",
    "matmul": "matmul a b",
    "pow": "power x y",
    "reduce_variance": "var input_tensor axis keepdims",
    "reshape": "reshape tensor shape",
    "resize": "resize images size method antialias",
    "softmax": "softmax logits axis",
    "squeeze": "squeeze input axis",
    "stack": "stack values axis",
    "swish": "silu features",
    "tile": "tile input multiples",
    "transpose": "transpose a perm",
    "truediv": "true_divide x y",
    "where": "where condition x y",
}  # fmt: skip


def in_words_of_keras_3(description: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a layer's description; one of a function of TensorFlow as Keras 3 would have written it.

    Raises:
        UnknownNameError: none of the functions that are here. ArgumentError: it is given what ours do not take.
    """
    if description.get("class_name") not in CLASSES:
        return description
    function = str(description["config"].get("function"))
    name = description.get("name") or description["config"].get("name")
    room, _, last = function.rpartition(".")
    if room not in _ROOMS or last not in _FUNCTIONS:
        raise UnknownNameError(
            f"model description: {description['class_name']} {name!r} runs tf.{function:.60}, which is not read from a file here; "
            "build the model by its program, and call model.load_weights."
        )
    ours, *words = _FUNCTIONS[last].split()
    kind = kinds()[ours]
    names = dict(zip(words, [*kind.called, *kind.options], strict=False))
    options: dict[str, Any] = {}
    calls = []
    for call in description.get("inbound_nodes") or []:
        given = _keywords(call)
        first = [_tensor(one) for one in call] if not isinstance(call[0], str) else _tensor(call)
        told: dict[str, Any] = {kind.called[0]: first}
        for word, value in given.items():
            if word not in names and word != "name" and not (value is None or value is False):
                raise ArgumentError(
                    f"model description: tf.{function:.60} {name!r} with {word}={value!r:.80} is not supported."
                )
            if names.get(word) in kind.called:
                told[names[word]] = _value(value)
            elif word in names and value is not None:
                options[names[word]] = value
        calls.append({"args": [told[one] for one in kind.called if one in told], "kwargs": {}})
    if any(map(_is_tensor, options.values())):
        raise ArgumentError(
            f"model description: tf.{function:.60} {name!r} takes a tensor where a number is expected; it is not supported."
        )
    return {
        "module": kind.module,
        "class_name": kind.class_name,
        "config": {"name": name, **options},
        "name": name,
        "inbound_nodes": calls,
    }


def _keywords(call: Any) -> Mapping[str, Any]:
    """Return what a call was given beside its first argument: it stands behind each tensor of that."""
    last = call if isinstance(call[0], str) else call[0]
    return last[3] if len(last) > 3 else {}


def _is_tensor(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3 and isinstance(value[0], str)


def _tensor(told: Any) -> Any:
    if told[0] == "_CONSTANT_VALUE":
        return told[2]
    return {"class_name": "__keras_tensor__", "config": {"keras_history": list(told[:3])}}


def _value(value: Any) -> Any:
    """Return an argument in Keras 3's words: tensors, slices and lists of them."""
    if _is_tensor(value):
        return _tensor(value)
    if isinstance(value, Mapping) and value.keys() == {"start", "stop", "step"}:
        return {"class_name": "__slice__", "config": dict(value)}
    return [_value(item) for item in value] if isinstance(value, list) else value
