"""obtain_input_shape gives and refuses what Keras' own does, under every name that it had."""

import itertools
import warnings
from typing import Any

import pytest
from keras.src.applications.imagenet_utils import obtain_input_shape as of_keras

from convolens.applications import imagenet_utils
from convolens.errors import ShapeError
from convolens.programs.running import run_program

SHAPES = [None, (32, 32, 3), (3, 32, 32), (32, 32, 1), (64, 64, 3), (3, 64, 64), (8, 64, 3), (None, 64, 3), (64, 64, None), (64, 64)]  # fmt: skip


def _answer(function: Any, *arguments: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras': channels other than 1 and 3
        try:
            return function(*arguments)
        except ValueError:  # which a ShapeError is
            return "refused"


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("weights", [None, "imagenet", "file.h5"])
def test_as_keras_does(data_format: str, weights: str | None) -> None:
    for shape, fixed in itertools.product(SHAPES, (True, False)):
        arguments = (shape, 64, 16, data_format, fixed, weights)
        if shape == (64, 64, None) and not fixed and weights is None:
            continue  # Keras lets free channels through
        assert _answer(imagenet_utils.obtain_input_shape, *arguments) == _answer(of_keras, *arguments)


def test_older_names() -> None:
    ask = imagenet_utils._obtain_input_shape
    assert ask(None, default_size=64, min_size=16, dim_ordering="th", include_top=True) == (3, 64, 64)
    assert ask(None, default_size=64, min_size=16, data_format="channels_last", include_top=False) == (None, None, 3)  # fmt: skip


def test_refusals_say_what_was_given() -> None:
    with pytest.raises(ShapeError, match=r"at least 48 x 48 pixels; received input_shape=\(32, 32, 3\)"):
        imagenet_utils.obtain_input_shape((32, 32, 3), 224, 48)


def test_imported_from_every_place(tmp_path: Any) -> None:
    program = tmp_path / "network.py"
    program.write_text(
        "from keras.applications.imagenet_utils import _obtain_input_shape as a\n"
        "from keras_applications.imagenet_utils import _obtain_input_shape as b\n"
        "from tensorflow.keras.applications.imagenet_utils import obtain_input_shape as c\n"
        "assert a is b is c\n"
    )
    assert run_program(program) == 0
