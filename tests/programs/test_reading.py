"""`convolens run --check`: what a program needs is read off it, and nothing of it is run."""

import pytest

from convolens.errors import ProgramError
from convolens.programs import uses_of
from typed import call


@pytest.fixture
def used(tmp_path):
    """Return a function that writes a program and gives the names in it: with their lines, and whether they are here."""

    def read(text: str) -> dict[str, tuple[int, bool]]:
        (tmp_path / "program.py").write_text(text)
        return {use.name: (use.line, not use.missing) for use in uses_of(tmp_path / "program.py")}

    return read


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("import tensorflow as tf\ntf.keras.layers.LSTM(3)", "tensorflow.keras.layers.LSTM", 2),
        ("from tensorflow import keras\n\nkeras.layers.LSTM(3)", "tensorflow.keras.layers.LSTM", 3),
        ("from keras import layers as L\nx = L.LSTM(3)", "keras.layers.LSTM", 2),
        ("from keras.layers import (Dense,\n  LSTM)", "keras.layers.LSTM", 1),
        ("from keras.layers import *\nmodel.add(LSTM(3))", "keras.layers.LSTM", 2),
        ("import keras.layers\nkeras.layers.LSTM", "keras.layers.LSTM", 2),
        ("import tensorflow as tf\nlayers = tf.keras.layers\nlayers.LSTM", "tensorflow.keras.layers.LSTM", 3),
        (
            "import convolens.tensorflow as tf\ntf.keras.layers.LSTM",
            "convolens.tensorflow.keras.layers.LSTM",
            2,
        ),
        ("def f():\n  from keras.layers.recurrent import LSTM", "keras.layers.recurrent.LSTM", 2),
        ("import tensorflow_hub as hub", "tensorflow_hub", 1),
        ("import tensorflow as tf\ntf.estimator.Estimator()", "tensorflow.estimator.Estimator", 2),
    ],
)
def test_what_is_not_here_is_found_in_every_spelling(used, text, name, line):
    found = used(text)
    assert found[name] == (line, False)
    assert [other for other, (_, here) in found.items() if not here] == [name]


def test_what_is_here_is_found(used):
    found = used(
        "import tensorflow as tf\nfrom keras.layers import *\nDense(3)\ntf.keras.Sequential()\ntf.float32"
    )
    assert found == {
        "tensorflow": (1, True),
        "keras.layers": (2, True),
        "keras.layers.Dense": (3, True),
        "tensorflow.keras.Sequential": (4, True),
        "tensorflow.float32": (5, True),
    }


def test_a_name_that_is_something_else_too_is_left_out(used):
    text = "from keras.preprocessing import image\nimage = image.load_img('a.jpg')\nprint(image.size)\n"
    assert used(text) == {"keras.preprocessing.image": (1, True)}


def test_nothing_is_run(used, tmp_path):
    used(f"import keras\nopen({str(tmp_path / 'written')!r}, 'w')\n1 / 0")
    assert not (tmp_path / "written").exists()


def test_files_beside_it_are_read(tmp_path):
    (tmp_path / "network.py").write_text("import program\nfrom keras.layers import LSTM\n")
    (tmp_path / "program.py").write_text("import keras\nfrom network import build\n")
    uses = uses_of(tmp_path / "program.py")
    assert [(use.file.name, use.line) for use in uses] == [("program.py", 1), ("network.py", 2)]
    assert uses[1].missing.startswith("keras.layers.LSTM is not here")


def test_it_is_listed_with_lines_and_an_exit_status(tmp_path):
    program = tmp_path / "train.py"
    program.write_text(
        "try:\n    import tensorflow_addons\nexcept ImportError:\n    pass\nfrom keras.layers import LSTM, Dense\n"
    )
    status, printed, complained = call("run", "--check", program)
    assert status == 2
    lines = printed.splitlines()
    assert lines[0].startswith("?      2  tensorflow_addons is not here")
    assert lines[1] == "       5  keras.layers.Dense"
    assert lines[2].startswith("!      5  keras.layers.LSTM is not here (Long Short-Term Memory layer")
    assert lines[3] == "?: the program goes on without it."
    assert complained == (
        f"convolens: {program}: 1 of 3 names of Keras and TensorFlow is not here; the first is keras.layers.LSTM in line 5 of train.py.\n"
    )
    program.write_text("try:\n    import tensorflow_addons\nexcept ImportError:\n    pass\nimport keras\n")
    status, printed, complained = call("run", "--check", program)
    assert (status, complained) == (0, "")
    assert (
        printed.splitlines()[-1] == f"{program}: all 2 names of Keras and TensorFlow that it needs are here."
    )


def test_what_is_no_python_is_refused(tmp_path):
    (tmp_path / "program.py").write_text("import keras\nprint 'a'\n")
    with pytest.raises(ProgramError, match="line 2: this is no Python"):
        uses_of(tmp_path / "program.py")
