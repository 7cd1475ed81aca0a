"""What `convolve` prints, writes and refuses."""

import json

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from convolens import runs
from convolens.analysis.arithmetic import named_kernel
from convolens.errors import ArgumentError, ImageError, MissingFileError, ShapeError
from convolens.runs import convolve as function
from convolens.runs.lessons.convolve import read_input
from convolens.runs.output.screen import Screen
from images import photo

QUIET = Screen(quiet=True)
MATRIX = "5,1,3,5;3,4,4,0;6,1,8,6;1,3,5,8"


def said(capsys, *arguments, **options):
    """What is printed for a source and a kernel."""
    function(runs.ConvolveOptions(*arguments, **options), Screen(console=Console(width=200, highlight=False)))
    return capsys.readouterr().out


def test_a_small_matrix_is_told_in_full(capsys):
    text = said(capsys, MATRIX, "prewitt-x", pool="max", padding=1, bias=2.0, activation="relu")
    assert "Input 4 x 4\n    5  1  3  5\n" in text
    assert "Padded with zeros 6 x 6\n    0  0  0  0  0  0\n    0  5  1  3  5  0\n" in text
    assert "Kernel prewitt-x 3 x 3, not turned, as in a CNN (a cross-correlation)\n    -1  0  1\n" in text
    assert (
        "(1,1): 5*-1 + 1*0 + 3*1 + 3*-1 + 4*0 + 4*1 + 6*-1 + 1*0 + 8*1 = 1; + bias 2 = 3; relu: 3\n" in text
    )
    assert text.count("; relu: ") == 16
    assert "Feature map 4 x 4, stride 1, padding 1 on each side\n" in text
    assert "Pooled map 2 x 2, max of 2 x 2, stride 2, padding valid\n" in text
    assert "(0,0): max(" in text


def test_a_photo_is_told_in_short(capsys, tmp_path):
    photo(1, (40, 30)).save(tmp_path / "a.png")
    text = said(capsys, str(tmp_path / "a.png"), "sobel-x", pool="average", flip=True)
    assert "Input 30 x 40\n  minimum " in text
    assert "turned by 180 degrees (--flip)\n    1  0  -1\n" in text
    assert (
        "One cell of 28 x 38, row 14, column 19 (counted from 0); --cell R,C chooses another\n  (14,19): "
        in text
    )
    assert "One pooled cell of 14 x 19, row 7, column 9\n" in text
    assert len(text.splitlines()) < 30
    text = said(capsys, str(tmp_path / "a.png"), "sobel-x", color=True, size=(20, 30), cell=(2, 3))
    assert "Input 20 x 30 x 3 channels\n" in text
    assert all(f"(2,3) channel {channel}: " in text for channel in range(3))


def test_an_image_is_read_as_its_brightness_or_its_colours(tmp_path):
    picture = photo(2, (9, 8))
    picture.save(tmp_path / "a.png")
    grey, _ = runs.convolve(runs.ConvolveOptions(str(tmp_path / "a.png"), "identity"), QUIET)
    np.testing.assert_array_equal(grey.image[..., 0], np.asarray(picture.convert("L")))
    colour, _ = runs.convolve(runs.ConvolveOptions(str(tmp_path / "a.png"), "identity", color=True), QUIET)
    np.testing.assert_array_equal(colour.result, np.asarray(picture)[1:-1, 1:-1])


def test_large_windows_are_not_listed(capsys, tmp_path):
    ones = ";".join([",".join(["1"] * 12)] * 12)
    text = said(capsys, ones, ones, pool="max", pool_size=1)
    assert "(0,0): 144 products = 144\n" in text
    text = said(capsys, ones, "1", pool="average", pool_size=12, cell=(0, 0))
    assert "(0,0): average of 144 values = 1\n" in text


def test_pictures_of_a_matrix(tmp_path):
    options = runs.ConvolveOptions(MATRIX, "prewitt-x", pool="max", out=tmp_path / "out")
    runs.convolve(options, QUIET)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["result.png", *[f"steps-0{number}.png" for number in range(1, 6)], "steps.gif"]
    with Image.open(tmp_path / "out" / "steps.gif") as steps:
        assert steps.n_frames == 5
    runs.convolve(options, QUIET)
    assert (tmp_path / "out-2" / "result.png").is_file()
    assert (tmp_path / "out-2" / "steps.gif").read_bytes() == (tmp_path / "out" / "steps.gif").read_bytes()


def test_pictures_of_a_photo(tmp_path):
    photo(1, (60, 50)).save(tmp_path / "a.jpg")
    for pooling in (None, "average"):
        out = tmp_path / str(pooling)
        runs.convolve(runs.ConvolveOptions(str(tmp_path / "a.jpg"), "box-blur", pool=pooling, out=out), QUIET)
        assert sorted(path.name for path in out.iterdir()) == ["result.png", "steps.gif"]
        with Image.open(out / "steps.gif") as steps:
            assert 20 <= steps.n_frames <= 40


def test_json(capsys, tmp_path):
    runs.convolve(runs.ConvolveOptions(MATRIX, "sobel-x", pool="max", json=True))
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert found["feature_map"]["shape"] == [2, 2, 1]
    assert len(found["cells"]) == 4
    assert "Feature map 2 x 2" in captured.err
    photo(1, (300, 200)).save(tmp_path / "a.png")
    options = runs.ConvolveOptions(str(tmp_path / "a.png"), "sobel-x", json=True, cell=(5, 6))
    runs.convolve(options, QUIET)
    assert [cell["column"] for cell in json.loads(capsys.readouterr().out)["cells"]] == [6]


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"source": "no.png"}, MissingFileError, r"no\.png: no such image file"),
        ({"source": "a,b.jpg"}, MissingFileError, r"a,b\.jpg: no such image file"),
        ({"source": " "}, ArgumentError, r"the input is empty; give an image file, a \.csv file, or a matrix"),
        ({"source": "no.csv"}, MissingFileError, r"no\.csv: no such file; give a CSV file of numbers"),
        ({"source": "text.png"}, ImageError, r"text\.png: not an image"),
        ({"source": "1,2;3"}, ShapeError, r"input: row 0 has 2 cells, but row 1 has 1"),
        ({"source": "1,x"}, ArgumentError, r"input: the cell in row 0, column 1 .* received 'x'"),
        ({"size": (3, 3)}, ArgumentError, r"--size is for an image file; the input is a matrix"),
        ({"color": True}, ArgumentError, r"--color is for an image file; the input is a matrix"),
        ({"pool_size": 2}, ArgumentError, r"--pool-size, --pool-stride and --pool-padding go with --pool max or average"),
        ({"cell": (2, 0)}, ArgumentError, r"convolve: --cell: the output has 2 x 2 cells .* received \(2, 0\)"),
        ({"pool": "max", "pool_size": 3}, ShapeError, r"pooling window of 3 x 3 .* larger than the padded feature map of 2 x 2"),
        ({"source": "big.png", "json": True}, ArgumentError, r"--json would hold 981,692 numbers, more than 500,000; name one cell by --cell"),
        ({"source": "big.png", "kernel": "1,1", "size": (12000, 20000)}, ArgumentError, r"--size 12000x20000 is more than an image may have"),
        ({"source": "big.png", "kernel": ";".join([",".join(["1"] * 150)] * 150), "size": (800, 800)}, ArgumentError, r"this takes 9,\d+,\d+,\d+ multiplications, more than 5,000,000,000"),
        ({"source": "big.png", "size": (0, 3)}, ArgumentError, r"rows must be an integer of at least 1; received 0"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_written(tmp_path, monkeypatch, options, error, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.png").write_text("x")
    photo(1, (200, 200)).save(tmp_path / "big.png")
    given = {"source": MATRIX, "kernel": "sobel-x", "out": tmp_path / "out", **options}
    with pytest.raises(error, match=words):
        runs.convolve(runs.ConvolveOptions(**given), QUIET)
    assert not (tmp_path / "out").exists()


def test_a_file_of_numbers_is_a_matrix_whatever_its_ending(tmp_path):
    (tmp_path / "m.txt").write_text("1 2 3\n4 5 6\n7 8 9\n")
    (tmp_path / "kernel").write_text("0;1\n1;0\n")
    assert read_input(str(tmp_path / "m.txt"), None, None)[0][..., 0].tolist() == [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
    ]
    assert named_kernel(str(tmp_path / "kernel")).tolist() == [[0, 1], [1, 0]]
    (tmp_path / "m.txt").write_text("a letter")
    with pytest.raises(ArgumentError, match=r"m\.txt: input: the cell in row 0, column 0 .* received 'a'"):
        read_input(str(tmp_path / "m.txt"), None, None)
    (tmp_path / "plain.pgm").write_text("P2 2 1 255 7 9\n")
    assert read_input(str(tmp_path / "plain.pgm"), None, None)[1], "an image that is text"
