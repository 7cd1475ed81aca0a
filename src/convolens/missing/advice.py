"""The sentence about a name that is not here."""

import difflib
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

KERAS = "use the keras package for it (pip install keras)"
SEQUENCES = f"Convolens is for images, not for sequences or text; {KERAS}"
RECURRENT = f"there are no recurrent layers, Convolens is for images, not for sequences or text; {KERAS}"
ATTENTION = (
    "there is no attention, Convolens is for networks of convolutions; torch.nn.MultiheadAttention does it in a network of torch, "
    f"convolens.models.Model(module); else {KERAS}"
)
OPERATIONS = "use the function of that name in convolens.tensorflow or keras.backend, or torch's, in a layer or a loss of your own"
# Names that Keras 1 or 2 had and Keras 3 has not -> what to use instead.
GONE = {
    r"keras\.backend\.(tensorflow_backend\.)?get_session": "sessions of TensorFlow 1 are not here; keras.backend.get_value gives values, "
    "and model.predict needs no session",
    r"keras\.utils\.(io_utils\.)?HDF5Matrix": "numpy.asarray(h5py.File(path)[name]) holds the same",
    r"keras\.layers\.(core\.)?(MaxoutDense|Highway|TimeDistributedDense)": "Keras 1 had it; write it of Dense layers",
}
# Names of Keras and TensorFlow -> what to use instead: the first pattern that fits a whole name.
ADVICE = (
    (r"keras\.layers\.(.*\.)?(.*(LSTM|GRU|RNN|Cells?$).*|Bidirectional|Masking)", RECURRENT),
    (r"keras\.layers\.(.*\.)?.*Attention", ATTENTION),
    (r"keras\.layers\.(.*\.)?(.*Embedding|Text.*|String.*|Integer.*|.*Spectrogram|Hash.*|Category.*)", SEQUENCES),
    (r"keras\.(utils|preprocessing)\.(pad_sequences|text|audio|timeseries|warmstart).*", SEQUENCES),
    (r"keras\.preprocessing\.(sequence|text).*|keras\.datasets\.(imdb|reuters).*|keras\.(losses\.ctc|backend\.ctc).*", SEQUENCES),
    (r"keras\.datasets\..*housing.*", "sklearn.datasets.fetch_california_housing() loads houses and their prices"),
    (r"keras\.layers\.Random.*|keras\.layers\.(.*Contrast.*|CutMix|MixUp|AugMix|RandAugment|Equalization|Solarization)",
     "use ImageDataGenerator or convolens.augmentation, which draws and applies many changes of photos at once"),
    (r"keras\.layers\.(Jax|Flax|TFSM|Torch).*", "a torch module is a layer as it is: convolens.models.Model(module)"),
    (r"keras\.layers\.(Feature.*|DenseFeatures|.*Fourier.*)", f"Conv2D and Dense do most of it; else {KERAS}"),
    (r"keras\.applications\..*",
     "convolens.applications lists the networks that are here, as does `convolens models`; \"timm:NAME\" builds any of the package timm"),
    (r"keras\.ops\..*", OPERATIONS),
    (r"keras\.ops|keras\.backend(\..*)?", OPERATIONS),
    (r"keras\.(random|tree)(\..*)?", "torch and NumPy have the same: torch.rand, torch.utils._pytree, numpy.random.default_rng"),
    (r"keras\.(mixed_precision|dtype_policies)(\..*)?|keras\.(Float)?DTypePolicy|keras\.config\..*dtype_policy",
     'model.compile(..., precision="bfloat16") trains in half precision'),
    (r"keras\.optimizers\.LossScaleOptimizer|keras\.layers\.experimental\.SyncBatch.*",
     'model.compile(..., precision="float16") scales the loss by itself'),
    (r"keras\.optimizers\.(.*\.)?(deserialize|serialize)|keras\.[a-z]+\.(deserialize|serialize)",
     "get() of the same module takes a configuration, get_config() gives it"),
    (r"keras\.optimizers\..*", "Adam, AdamW, SGD, RMSprop or another of convolens.optimizers learns as well in most trainings"),
    (r"keras\.(quantizers|Quantizer).*", "torch.ao.quantization works on a model's torch module, model.module"),
    (r"keras\.(distribution|dtensor).*", "one device is used here; torchrun trains a model on several"),
    (r"keras\.(export|estimator|experimental).*", "model.save writes what Keras reads; torch.onnx exports model.module"),
    (r"keras\.wrappers.*", "keras.wrappers.scikit_learn.KerasClassifier and KerasRegressor are estimators of scikit-learn that build and train a model"),
    (r"keras\.(distillation|visualization).*", f"convolens.analysis draws and explains; {KERAS}"),
    (r"keras\.models\.model_from_yaml", "model_from_json; Keras took YAML away because it can run code"),
    (r"keras\.(utils|preprocessing)\..*dataset.*", "flow_from_directory of ImageDataGenerator reads a folder of photos"),
    (r"keras\.utils\..*Enqueuer|keras\.utils\.TimedThread", "fit reads a Sequence by itself"),
    (r"keras\.utils\.(FeatureSpace|Config|SidecarEvaluator|StepsPerExecutionTuner|bounding_boxes.*)", KERAS),
    (r"keras\.callbacks\..*(Checkpoint|Export|BackupAndRestore)", "ModelCheckpoint and BackupAndRestore keep weights and the whole training"),
    (r"keras\.(losses|metrics)\..*", "a function (y_true, y_pred) of torch tensors is a loss or a metric too"),
    (r"keras\.initializers\..*", "a function of a shape, or `set_weights`, gives a layer any values"),
    (r"keras\.config.*", "there is nothing to be set here: float32, channels last"),
    (r"keras\.(StatelessScope|SymbolicScope|RematScope|remat|Operation|Function|device)",
     "networks are torch modules here: torch.func, torch.utils.checkpoint and torch.device do that"),
    (r"tf\.(compat\.v1\.)?data\.(Dataset\.)?(make_.*iterator|Iterator).*",
     "model.fit takes the data set itself; `for batch in dataset`, or next(iter(dataset)), gives its elements"),
    (r"tf\.data\.Dataset\..*", "map, filter, batch and the others that dir(tf.data.Dataset) lists do most of it; else plain Python"),
    (r"tf\.saved_model.*", 'model.save("model.keras") and keras.models.load_model keep and read a model'),
    (r"tf\.lite.*", "it is TensorFlow's own; model.save(\"model.keras\") writes a file that TensorFlow's Keras reads and converts"),
    (r"tf\.estimator.*", "it is gone from TensorFlow too; model.fit, evaluate and predict do its work"),
    (r"tf\.(python|contrib)\..*|tf\.(raw_ops|tpu|sysconfig|load_op_library|xla|dtensor|profiler).*",
     "it is TensorFlow's own, in C++; write the program for tf.keras"),
    (r"tf\.(summary\..*|train\.(Summary|FileWriter).*)", "tf.summary.create_file_writer with scalar, image, histogram and text is here; keras.callbacks.TensorBoard writes what fit does"),
    (r"tf\.(train|checkpoint)\..*Checkpoint.*|tf\.train|tf\.train\.Saver", "model.save_weights, ModelCheckpoint and BackupAndRestore"),
    (r"tf\.(placeholder|layers|variable_scope|get_variable|global_variables).*", "graphs of TensorFlow 1 are not here; keras.Input and keras.layers"),
    (r"tf\.(Ragged|Sparse|ragged|sparse|lookup|feature_column|strings|audio|signal).*", "torch and NumPy, or plain Python, before the network"),
    (r"tf\..*", "Convolens has what Keras programs use of TensorFlow, `dir(tf)` lists it; else torch's function of that name"),
    (r".*", KERAS),
)  # fmt: skip


@cache
def known_names() -> dict[str, str]:
    """Return every public name of Keras 3.15 and of tf.keras 2.15 with what it does; "" where it does not say.

    Example:
        >>> "keras.layers.LSTM" in known_names()
        True
    """
    text = files("convolens.missing").joinpath("keras_names.txt").read_text(encoding="utf-8")
    lines = (line.partition("\t") for line in text.splitlines() if not line.startswith("#"))
    return {name: summary for name, _, summary in lines}


def sentence(name: str, public: Iterable[str] = ()) -> str:
    """Return a line about a name that is not here: what it does, and what to use instead.

    Args:
        name: its full name in Keras ("keras.layers.LSTM") or TensorFlow ("tf.nn.conv3d").
        public: names of ours in that module; the nearest is offered where Keras does not know the name.

    Example:
        >>> sentence("keras.layers.Conv2d", ["Conv2D"])
        "keras.layers.Conv2d is not here, nor in Keras. Did you mean 'Conv2D'?"
    """
    summary = known_names().get(name)
    gone = next((advice for pattern, advice in GONE.items() if re.fullmatch(pattern, name)), "")
    if gone:
        return f"{name} is not here: {gone}."
    if summary is None and name.startswith("keras."):
        near = difflib.get_close_matches(name.rpartition(".")[2], list(public), 1)
        return f"{name} is not here, nor in Keras.{f' Did you mean {near[0]!r}?' if near else ''}"
    advice = next(advice for pattern, advice in ADVICE if re.fullmatch(pattern, name))
    return f"{name} is not here{f' ({summary})' if summary else ''}: {advice}."
