"""`convolens run`: a program runs as under Python, and what it needs that is not here is one line."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from typed import call, run

FIT = """
import numpy as np
from tensorflow import keras
model = keras.Sequential([keras.layers.Flatten(input_shape=(4, 4, 1)), keras.layers.Dense(2, activation="softmax")])
model.compile("sgd", "sparse_categorical_crossentropy")
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Return a function that writes a program into a folder, which is gone to."""
    monkeypatch.chdir(tmp_path)

    def write(text: str, name: str = "program.py") -> str:
        (tmp_path / name).write_text(text)
        return name

    return write


def test_it_is_main_with_its_arguments_and_folder(program, tmp_path):
    program("LEARNT = 3", "neighbour.py")
    name = program(
        "import sys, neighbour\n"
        "if __name__ == '__main__':\n"
        "    print(sys.argv, sys.path[0], __file__, neighbour.LEARNT, sys.modules['__main__'].__dict__ is globals())"
    )
    before = sys.argv, sys.path, sys.modules["__main__"]
    printed = run("run", name, "--epochs", 5, "--help")
    assert printed.strip() == f"['{name}', '--epochs', '5', '--help'] {tmp_path} {name} 3 True"
    assert (sys.argv, sys.path, sys.modules["__main__"]) == before
    sys.modules.pop("neighbour")


@pytest.mark.parametrize(
    ("code", "status", "said"), [("3", 3, ""), ("'no data'", "no data", ""), ("", 0, "")]
)
def test_its_exit_status_is_the_programs(program, code, status, said):
    assert call("run", program(f"import sys; sys.exit({code})"))[0] == status


def test_an_error_of_its_own_is_shown_as_python_shows_it(program, tmp_path):
    text = "import tensorflow as tf\n\ndef divide():\n    return 1 / 0\n\ntry:\n    divide()\nexcept ZeroDivisionError:\n    {}['a']\n"
    name = program(text)
    status, printed, complained = call("run", name)
    python = subprocess.run(
        [sys.executable, program(text.replace("import tensorflow as tf", ""), "plain.py")],
        capture_output=True,
        text=True,
    )
    assert (status, printed) == (1, "")
    assert complained == python.stderr.replace(str(tmp_path / "plain.py"), name).replace("plain.py", name)
    assert "convolens" not in complained


def test_what_is_not_here_is_one_line_with_the_programs(program):
    name = program(
        "from keras.models import Sequential\n\ndef make():\n    from keras.layers import LSTM\n\nmake()\n"
    )
    status, printed, complained = call("run", name)
    assert (status, printed) == (2, "")
    assert complained.startswith(
        f"convolens: {name}, line 4: keras.layers.LSTM is not here (Long Short-Term Memory"
    )
    assert complained.count("\n") == 1


def test_the_line_is_the_programs_own_also_in_a_file_that_it_imports(program, tmp_path):
    program(
        "import keras\n\n\ndef build():\n    return keras.layers.Conv2D(8, 3, padding='sane')\n", "network.py"
    )
    status, _, complained = call("run", program("from network import build\nbuild()\n"))
    assert status == 2
    assert complained.startswith(
        f"convolens: {tmp_path / 'network.py'}, line 5: Conv2D: padding must be one of"
    )
    sys.modules.pop("network")


def test_a_program_may_do_without_what_is_not_here(program):
    name = program(
        "try:\n    import tensorflow_addons\nexcept ImportError:\n    print('without')\n"
        "import tensorflow as tf\nprint(hasattr(tf, 'estimator'))"
    )
    assert run("run", name) == "without\nFalse\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("absent.py", None, "absent.py: no such file; give a Python program."),
        (".", None, ".: no such file; give a Python program."),
        ("old.py", "import keras\nprint 'a'\n", "old.py, line 2: this is no Python 3"),
        ("photo.py", "\0\0\0", "photo.py"),
        (
            "course.ipynb",
            "{}",
            "course.ipynb is a notebook; save it as a program first: jupyter nbconvert --to script",
        ),
    ],
)
def test_what_is_no_program_is_one_line(program, name, text, said):
    if text is not None:
        program(text, name)
    status, printed, complained = call("run", name)
    assert (status, printed, complained.count("\n")) == (2, "", 1)
    assert complained.startswith(f"convolens: {said}")


def test_a_place_that_cannot_be_written_to_is_one_line(program):
    name = program(FIT + "model.save('program.py/model.keras')\n")
    status, _, complained = call("run", name)
    assert (status, complained.count("\n")) == (2, 1)
    assert complained.startswith(f"convolens: {name}, line 6: ")
    assert "cannot make folder program.py" in complained


@pytest.mark.parametrize(
    "work",
    [
        "import time\nprint('begun', flush=True)\nwhile True: time.sleep(.01)\n",
        FIT
        + "class Tell(keras.callbacks.Callback):\n    def on_epoch_begin(self, epoch, logs=None): print('begun', flush=True)\n"
        "model.fit(np.ones((8, 4, 4, 1)), np.ones(8), epochs=10**6, verbose=0, callbacks=[Tell()])\nprint('went on')\n",
    ],
    ids=["a loop", "a training"],
)
def test_ctrl_c_ends_it(program, work):
    process = subprocess.Popen(
        [sys.executable, "-m", "convolens", "run", program(work)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # ignored where tests run in the background
    )  # fmt: skip
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGINT)
    printed, complained = process.communicate(timeout=60)
    assert process.returncode == 130
    assert complained.splitlines()[-1] == "convolens: interrupted."
    assert "Traceback" not in complained
    assert "went on" not in printed


def test_a_course_program_of_keras_2_runs_unchanged(program):
    name = program(
        FIT
        + "history = model.fit(np.ones((8, 4, 4, 1)), np.ones(8), epochs=2, verbose=0)\nprint(len(history.epoch))\n"
    )
    assert run("run", name) == "2\n"
    assert Path(name).exists()
