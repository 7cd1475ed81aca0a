"""What NumPy, SciPy and Matplotlib have dropped is there for a program, and gone again."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from convolens.programs import run_program, scipy_misc

PROGRAM = """
import numpy as np
import scipy
import matplotlib.cm as cm
from scipy.misc import imread, imsave

photo = np.zeros((4, 6, 3), dtype=np.float)
photo[:, 3:] = 2.5
scipy.misc.imsave("two.png", photo)
print(imread("two.png").max(), scipy.misc.imresize(photo, (2, 3)).shape, np.product((2, 3)), cm.get_cmap("jet")(1.0)[0])
"""


@pytest.mark.parametrize("imported", [[], ["scipy", "matplotlib.cm"]])
def test_dropped_names_are_there_for_a_program_and_gone_again(
    imported: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in imported:
        __import__(name)
    monkeypatch.chdir(tmp_path)
    Path("program.py").write_text(PROGRAM)
    assert run_program("program.py") == 0
    assert capsys.readouterr().out == "255 (2, 3, 3) 6 0.5\n"
    scipy, cm = sys.modules["scipy"], sys.modules["matplotlib.cm"]
    assert not {"float", "product"} & vars(np).keys()
    assert not hasattr(cm, "get_cmap")
    assert vars(scipy).get("misc") is not scipy_misc
    assert sys.modules.get("scipy.misc") is not scipy_misc


def test_photos_are_read_resized_and_stretched_as_scipy_did(tmp_path: Path) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    scipy_misc.imsave(tmp_path / "a.png", photo)
    np.testing.assert_array_equal(scipy_misc.imread(tmp_path / "a.png"), photo)
    grey = scipy_misc.imread(tmp_path / "a.png", flatten=True)
    assert (grey.shape, grey.dtype) == ((5, 7), "float32")
    assert scipy_misc.imread(tmp_path / "a.png", mode="L").dtype == "uint8"
    expected = np.array(Image.fromarray(photo).resize((4, 3), Image.Resampling.BICUBIC))
    np.testing.assert_array_equal(scipy_misc.imresize(photo, (3, 4), "bicubic"), expected)
    assert scipy_misc.imresize(photo, 200).shape == (10, 14, 3)
    first = np.array(scipy_misc.toimage(np.moveaxis(photo, 2, 0)))
    np.testing.assert_array_equal(first, photo)
    assert np.array(scipy_misc.toimage(np.array([[1.0, 2.0]]), cmin=0, cmax=4)).tolist() == [[64, 128]]
