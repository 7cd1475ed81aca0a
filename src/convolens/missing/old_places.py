"""Where modules of Keras and TensorFlow, old places included, lie here."""

import importlib.util
from functools import cache

from convolens.missing.advice import known_names

# What Keras' top module is called, the longest first: `tensorflow.keras.layers` is `layers` in it.
KERAS_ROOTS = (
    "tensorflow.python.keras.api._v2.keras",
    "tensorflow.python.keras.api._v1.keras",
    "tensorflow.contrib.keras.python.keras",
    "tensorflow.contrib.keras.api.keras",
    "tensorflow.python.keras.api.keras",
    "tensorflow._api.v2.keras",
    "tensorflow.compat.v1.keras",
    "tensorflow.compat.v2.keras",
    "tensorflow.contrib.keras",
    "tensorflow.python.keras",
    "tensorflow.keras",
    "tf_keras.api._v2.keras",
    "tf_keras.api._v1.keras",
    "tf_keras.src",
    "tf_keras",
    "keras.api._v2.keras",
    "keras.api._v1.keras",
    "keras._tf_keras.keras",
    "keras.api",
    "keras.src",
    "keras",
)
PACKAGES = ("tensorflow", "keras", "tf_keras", "keras_preprocessing", "keras_applications")
# Packages that held a part of Keras, and which.
PARTS = {"keras_preprocessing": "preprocessing", "keras_applications": "applications"}

# A module of Keras -> the modules of ours that hold what is in it, where that is another one; modules within it lead there too.
OLD_PLACES = {
    "callbacks.experimental": ("callbacks",),
    "engine": ("layers", "models", "utils"),
    "initializations": ("initializers",),
    "layers.experimental": ("layers",),
    "legacy.layers": ("layers",),
    "legacy.models": ("models",),
    "legacy": ("layers", "models", "utils"),
    "metrics.experimental": ("metrics",),
    "mixed_precision.experimental": ("mixed_precision",),
    "models.cloning": ("models",),
    "models.experimental": ("models",),
    "models.model": ("models",),
    "models.sequential": ("models",),
    "objectives": ("losses",),
    "optimizers.legacy": ("optimizers",),
    "optimizer_v1": ("optimizers",),
    "optimizer_v2": ("optimizers",),
    "optimizer_v2.learning_rate_schedule": ("optimizers.schedules",),
    "optimizers.schedules.learning_rate_schedule": ("optimizers.schedules",),
    "preprocessing.image_dataset": ("utils",),
    "saving": ("models", "utils"),
    "training": ("models",),
    "utils.layer_utils": ("utils.layer_utils", "utils"),
} | {
    f"{home}.{name}": (home,)
    for home, names in {
        "activations": "activations",
        "backend": "backend common load_backend tensorflow_backend theano_backend",
        "callbacks": "callbacks callback early_stopping model_checkpoint tensorboard_v1",
        "initializers": "initializers initializers_v1 initializers_v2",
        "layers": "activation advanced_activations attention convolutional convolutional_recurrent core "
        "embeddings input_layer layer local locally_connected merging noise normalization pooling "
        "preprocessing recurrent regularization reshaping rnn serialization wrappers merge",
        "losses": "losses loss",
        "metrics": "metrics accuracy_metrics",
        "optimizers": "adadelta adagrad adam adamax experimental nadam optimizer optimizers rmsprop sgd",
        "regularizers": "regularizers",
        "utils": "conv_utils data_utils dataset_utils generic_utils image_dataset_utils image_utils io_utils "
        "losses_utils np_utils numerical_utils tf_utils training_utils vis_utils visualize_util",
    }.items()
    for name in names.split()
}

# The same for modules in which no further one ever lay.
SINGLE_PLACES = {
    "config": ("backend.switches", "backend", "mixed_precision"),
    "ops.image": ("ops.image",), "ops.linalg": ("ops.linear_algebra",), "ops.nn": ("ops.nn",), "ops.numpy": ("ops",),
}  # fmt: skip

# Modules of Keras that are one of ours, as soon as it is there; those of the last two hold many.
PUBLIC = (
    "activations", "applications", "backend", "callbacks", "config", "constraints", "datasets", "experimental", "initializers",
    "layers", "losses", "metrics", "mixed_precision", "models", "ops", "optimizers", "optimizers.schedules", "preprocessing",
    "preprocessing.image", "random", "regularizers", "saving", "tree", "utils", "wrappers",
    "wrappers.scikit_learn",
)  # fmt: skip
FAMILIES = ("applications.", "datasets.")
MODULE = "a module"  # what `known_names` says of one


def homes_of(name: str) -> tuple[str, ...] | None:
    """Return the modules of ours that hold what a module of Keras or TensorFlow holds, the first first; None where there is none, () of a
    module that is only on the way to another one.

    Args:
        name: a module's full name, as in `import`.

    Example:
        >>> homes_of("tensorflow.keras.layers"), homes_of("keras.layers.core"), homes_of("keras.layers.LSTM")
        (('convolens.layers',), ('convolens.layers',), None)
        >>> homes_of("keras.engine.topology"), homes_of("tensorflow.python.framework")
        (('convolens.layers', 'convolens.models', 'convolens.utils'), None)
    """
    for part, place in PARTS.items():
        if _within(name, part):
            return _keras_homes(f"{place}{name[len(part) :]}")
    # The longest root decides; "tensorflow.python" is on the way to one.
    root = next((root for root in KERAS_ROOTS if _within(name, root)), None)
    homes = _tensorflow_homes(name) if root is None else _keras_homes(name[len(root) + 1 :])
    if homes is None and any(_within(root, name) for root in KERAS_ROOTS):
        return ()
    return homes


def new_name(name: str) -> str:
    """Return the full name that Keras has today for what was in an old module; any other one as it is.

    Example:
        >>> new_name("keras.layers.recurrent.LSTM"), new_name("keras.engine.topology.InputSpec"), new_name("keras.layers.LSTM")
        ('keras.layers.LSTM', 'keras.layers.InputSpec', 'keras.layers.LSTM')
    """
    module, _, last = name.rpartition(".")
    names = [f"{home.replace('convolens', 'keras', 1)}.{last}" for home in homes_of(module) or ()]
    return next((new for new in names if new in known_names()), name)


def _within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def _keras_homes(name: str) -> tuple[str, ...] | None:
    if not name:
        return ("convolens",)
    if (name in PUBLIC or name.startswith(FAMILIES)) and _is_module(f"convolens.{name}"):
        return (f"convolens.{name}",)
    places = OLD_PLACES | SINGLE_PLACES
    for old in sorted(places, key=len, reverse=True):
        further = old in OLD_PLACES and _within(name, old) and not _is_name(name, places[old])
        if name == old or further:
            return tuple(filter(_is_module, (f"convolens.{home}" for home in places[old]))) or None
    return None


def _tensorflow_homes(name: str) -> tuple[str, ...] | None:
    if not _within(name, "tensorflow"):
        return None
    inner = name.removeprefix("tensorflow").removeprefix("._api.v2").removeprefix(".compat.v2")
    if inner.startswith(".compat.v1."):
        inner = inner.removeprefix(".compat.v1")
    place = f"convolens.tensorflow{inner}"
    if inner == ".compat.v1":
        return (place, "convolens.tensorflow")
    return (place,) if _is_module(place) else None


def _is_name(name: str, homes: tuple[str, ...]) -> bool:
    """Return whether what lies within an old place is a name of Keras rather than one more module."""
    last = name.rpartition(".")[2]
    places = (name, *(f"{home}.{last}" for home in homes))
    return not last.islower() or any(
        known_names().get(f"keras.{place}", MODULE) != MODULE for place in places
    )


@cache
def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # a place within a file
        return False
