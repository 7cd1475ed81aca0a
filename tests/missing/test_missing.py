"""Every public name of Keras is here, or says what it does and what to use instead."""

import importlib
import pickle
import re
import subprocess
import sys
from functools import reduce
from types import ModuleType

import pytest

import convolens
from convolens.errors import ConvolensError, NotHereError
from convolens.missing import answer_for, import_error, keras_name, of_keras
from convolens.missing.advice import ADVICE, known_names, sentence
from convolens.missing.old_places import MODULE, PUBLIC, homes_of
from convolens.missing.place import place_of

MODULES = sorted({name.rpartition(".")[0] for name in known_names() if name.count(".")})


@pytest.mark.parametrize("module", MODULES)
def test_each_name_is_here_or_says_what_to_use_instead(module):
    names = [name for name in known_names() if name.rpartition(".")[0] == module]
    assert names
    for name in names:
        try:
            value = reduce(getattr, name.split(".")[1:], convolens)
            assert isinstance(value, ModuleType) <= (known_names()[name] == MODULE), name
        except NotHereError as error:
            said = str(error)
            missing = re.match(r"(keras[\w.]*) is not here", said)
            assert missing, said
            in_it = f"{name}.".startswith(f"{missing[1]}.")  # the name, or a module that it is in
            assert in_it or missing[1].endswith(name[name.rindex(".") :]), said  # or its new name
            assert "\n" not in said
            assert len(said) < 320


@pytest.mark.parametrize("module", sorted({*PUBLIC, "applications.vgg16", "datasets.mnist"}))
def test_every_public_module_that_is_here_answers(module):
    homes = homes_of(f"keras.{module}")
    if homes is None:
        return
    for home in homes:
        with pytest.raises(NotHereError, match="Nonesuch is not here"):
            _ = importlib.import_module(home).Nonesuch


def test_the_nearest_name_is_offered_where_keras_has_none():
    with pytest.raises(
        NotHereError, match=r"keras\.layers\.Conv2d is not here, nor in Keras\. Did you mean 'Conv2D'\?"
    ):
        _ = convolens.layers.Conv2d


@pytest.mark.parametrize("name", ["__wrapped__", "_private"])
def test_private_names_are_plain_errors(name):
    with pytest.raises(AttributeError) as raised:
        getattr(convolens.layers, name)
    assert not isinstance(raised.value, ConvolensError)


def test_old_modules_lead_to_where_their_names_are():
    keras = convolens
    assert keras.layers.experimental.preprocessing.Rescaling is keras.layers.Rescaling
    assert keras.optimizers.legacy.SGD is keras.optimizers.SGD
    assert keras.saving.load_model is keras.models.load_model
    assert keras.config.set_dtype_policy is keras.mixed_precision.set_dtype_policy
    assert isinstance(answer_for("convolens.utils")("np_utils"), ModuleType)


def test_every_advice_is_given_to_some_name():
    """The first pattern that fits a name counts: none stands behind one that takes all of its names."""
    given = {next(pattern for pattern, _ in ADVICE if re.fullmatch(pattern, name)) for name in known_names()}
    of_keras_alone = {pattern for pattern, _ in ADVICE if not pattern.startswith("tf")}
    assert of_keras_alone - given <= {".*"}


def test_what_is_advised_is_here():
    for _, advice in ADVICE:
        for name in re.findall(r"convolens\.[a-z_.]*[a-z]", advice):
            if name != "convolens.tensorflow":
                importlib.import_module(name)


def test_a_word_that_keras_takes_is_told_from_a_slip():
    if "adafactor" not in convolens.optimizers.OPTIMIZERS:
        with pytest.raises(
            ValueError, match=r"unknown optimizer 'adafactor'\. keras\.optimizers\.Adafactor is not here"
        ):
            convolens.optimizers.get("adafactor")
    with pytest.raises(ValueError, match=r"unknown optimizer 'adan'\. Did you mean 'adam'\?"):
        convolens.optimizers.get("adan")
    assert of_keras("losses", "nothing") == ""


def test_an_argument_of_keras_is_not_taken_for_another_one():
    with pytest.raises(TypeError) as raised:
        convolens.layers.Conv2D(8, 3, bias_lora=2)
    assert "Did you mean" not in str(raised.value)
    with pytest.raises(TypeError, match="Did you mean 'strides'"):
        convolens.layers.Conv2D(8, 3, strdes=2)


def test_names():
    assert keras_name("tensorflow.python.keras.layers") == "keras.layers"
    assert str(import_error("keras.quantizers")).startswith("keras.quantizers is not here (a module): ")
    assert sentence("tf.lite.TFLiteConverter").startswith(
        "tf.lite.TFLiteConverter is not here: it is TensorFlow's own"
    )


def test_nothing_of_it_is_read_before_it_is_needed():
    program = "import sys, convolens; print([m for m in sys.modules if m.startswith('convolens.missing.')])"
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("keras.backend.get_session", "sessions of TensorFlow 1 are not here"),
        ("keras.utils.io_utils.HDF5Matrix", "h5py.File"),
        ("keras.layers.core.MaxoutDense", "Keras 1 had it"),
    ],
)
def test_names_that_keras_had_once_say_so(name, said):
    assert sentence(name).startswith(f"{name} is not here: ")
    assert said in sentence(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *((name, "there are no recurrent layers, Convolens is for images") for name in (
            "LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM2D", "LSTMCell", "Bidirectional", "Masking")),
        *((name, "there is no attention, Convolens is for networks of convolutions; torch.nn.MultiheadAttention") for name in (
            "MultiHeadAttention", "Attention", "AdditiveAttention", "GroupQueryAttention")),
    ],
)  # fmt: skip
def test_what_is_left_out_by_decision_says_so_beforehand_too(name, words, tmp_path):
    from convolens.programs import uses_of

    with pytest.raises(AttributeError, match=rf"^keras\.layers\.{name} is not here \(.*{words}"):
        getattr(convolens.layers, name)
    program = tmp_path / "program.py"
    program.write_text(f"from tensorflow.keras import layers\n\nx = layers.{name}(8)\n")
    (use,) = [use for use in uses_of(program) if use.name.endswith(f".{name}")]
    assert use.line == 3
    assert words in use.missing


def test_a_module_under_its_old_name_goes_to_another_process():
    """As scikit-learn's searches with n_jobs=2 send what builds a model, and the modules that it uses."""
    place = place_of("tensorflow.keras.layers")
    again = pickle.loads(pickle.dumps(place))
    assert again.__name__ == place.__name__
    assert again.Dense is convolens.layers.Dense
