"""convolens convolve: what docs/arithmetic.md says is typed here, and bad input is one line."""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from convolens.analysis.arithmetic import KERNELS
from convolens.cli import main
from images import photo, truncated_jpeg

PAGE = (Path(__file__).parents[2] / "docs" / "arithmetic.md").read_text()
MATRIX = "5,1,3,5;3,4,4,0;6,1,8,6;1,3,5,8"


def call(capsys, *arguments):
    """Run a command in this process; return its exit status, output and errors."""
    with pytest.raises(SystemExit) as ended:
        main(["convolve", *map(str, arguments)])
    captured = capsys.readouterr()
    return ended.value.code or 0, captured.out, captured.err


def test_what_the_page_tells_to_type(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    photo(1, (60, 50)).save(tmp_path / "flower.jpg")
    typed = re.findall(r"^    convolens convolve (.+)$", PAGE, re.MULTILINE)
    assert len(typed) == 3
    texts = []
    for command in typed:
        status, out, err = call(capsys, *shlex.split(command))
        assert (status, err) == (0, "")
        texts.append(out)
    for line in re.search(r"```\n(.*?)```", PAGE, re.DOTALL).group(1).splitlines():
        assert f"  {line}\n" in texts[0]
    assert "Input 120 x 180" in texts[1]
    assert {path.name for path in (tmp_path / "steps").iterdir()} >= {
        "result.png",
        "steps.gif",
        "steps-01.png",
    }
    assert {path.name for path in (tmp_path / "edges").iterdir()} == {"result.png", "steps.gif"}


def test_python_of_the_page(capsys):
    program = "\n".join(
        line[4:] for line in re.findall(r"^    .*$", PAGE[PAGE.index("## In a program") :], re.MULTILINE)
    )
    exec(compile(program, "arithmetic.md", "exec"), {})
    assert "-10.0\n[[ 3.75 -4.25]\n [ 5.75 -2.25]]\n" in capsys.readouterr().out


def test_the_page_names_every_kernel_and_option(capsys):
    assert all(name in PAGE for name in KERNELS)
    _, out, _ = call(capsys, "--help")
    assert set(re.findall(r"--[a-z][a-z-]+", out)) - {"--help", "--gray"} <= set(
        re.findall(r"--[a-z][a-z-]+", PAGE)
    )


def test_every_option_does_what_it_says(capsys):
    status, out, err = call(
        capsys, MATRIX, "--kernel", "-1,0,1;-2,0,2", "--stride", "2,1", "--padding", "1,0,0,2", "--dilation", "1,2",
        "--bias", "-1.5", "--activation", "relu", "--flip", "--pool", "average", "--pool-size", "1,2",
        "--pool-stride", "1", "--pool-padding", "same", "--json",
    )  # fmt: skip
    assert status == 0
    assert "turned by 180 degrees (--flip)" in err
    found = json.loads(out)
    assert found["strides"] == [2, 1]
    assert found["padding"] == {"mode": "numbers", "top": 1, "bottom": 0, "left": 0, "right": 2}
    assert found["dilation"] == [1, 2]
    assert found["bias"] == [-1.5]
    assert (found["activation"], found["flipped"]) == ("relu", True)
    assert np.array(found["kernel"]["values"])[..., 0, 0].tolist() == [[2, 0, -2], [1, 0, -1]]
    assert found["pooling"]["pool_size"] == [1, 2]
    assert found["pooling"]["padding"]["mode"] == "same"


def test_csv_and_cell(capsys, tmp_path):
    (tmp_path / "m.csv").write_text(MATRIX.replace(";", "\n"))
    (tmp_path / "k.csv").write_text("1,0\n0,1\n")
    status, out, _ = call(capsys, tmp_path / "m.csv", "--kernel", tmp_path / "k.csv", "--cell", "1,2")
    assert status == 0
    assert "(1,2): 4*1 + 0*0 + 8*0 + 6*1 = 10\n" in out
    assert "(0,0):" not in out


def bad_commands(tmp_path):
    photo(1, (30, 20)).save(tmp_path / "a.png")
    sobel = ["--kernel", "sobel-x"]
    yield [MATRIX], "Missing option '--kernel'"
    yield [MATRIX, "--kernel", "sobl-x"], "unknown kernel 'sobl-x'. Did you mean 'sobel-x'?"
    yield [MATRIX, "--kernel", "1,2;3"], "kernel: row 0 has 2 cells, but row 1 has 1"
    yield (
        ["1,2;3,nan", *sobel],
        "input: the cell in row 1, column 1 (counted from 0) must be a finite number; received 'nan'",
    )
    yield ["1,2;3", *sobel], "input: row 0 has 2 cells, but row 1 has 1"
    yield ["1,2;3,4", *sobel], "a kernel of 3 x 3 (rows x columns) is larger than the padded input of 2 x 2"
    yield ["-1,2;3,4", *sobel], "No such option"
    yield [MATRIX, *sobel, "--stride", "0"], "strides must be an integer of at least 1; received 0"
    yield (
        [MATRIX, *sobel, "--stride", "1.5"],
        "--stride: expected a whole number, or several with commas; received '1.5'",
    )
    yield [MATRIX, *sobel, "--padding", "-1"], "padding must be an integer of at least 0; received -1"
    yield (
        [MATRIX, *sobel, "--padding", "sane"],
        "padding must be one of 'valid', 'same'; received 'sane'. Did you mean 'same'?",
    )
    yield [MATRIX, *sobel, "--dilation", "0"], "dilation must be an integer of at least 1"
    yield [MATRIX, *sobel, "--bias", "much"], "Invalid value for '--bias'"
    yield [MATRIX, *sobel, "--bias", "nan"], "the bias must be finite numbers"
    yield [MATRIX, *sobel, "--activation", "rleu"], "unknown activation 'rleu'. Did you mean 'relu'?"
    yield [MATRIX, *sobel, "--pool", "mean"], "kind must be one of 'max', 'average'; received 'mean'"
    yield (
        [MATRIX, *sobel, "--pool", "max", "--pool-size", "3"],
        "a pooling window of 3 x 3 (rows x columns) is larger",
    )
    yield [MATRIX, *sobel, "--pool-size", "2"], "go with --pool max or average"
    yield [MATRIX, *sobel, "--cell", "1"], "--cell: expected rows and columns, as in 0,3; received '1'"
    yield [MATRIX, *sobel, "--cell", "2,0"], "the output has 2 x 2 cells"
    yield [MATRIX, *sobel, "--size", "3x3"], "--size is for an image file"
    yield (
        [tmp_path / "a.png", *sobel, "--size", "30"],
        "--size: expected rows and columns, as in 120x160; received '30'",
    )
    yield [tmp_path / "b.png", *sobel], "b.png: no such image file"
    yield [truncated_jpeg(tmp_path / "cut.jpg"), *sobel], "cut.jpg: damaged or truncated image"
    yield [MATRIX, *sobel, "--out", tmp_path / "a.png" / "o"], "cannot write"


def test_bad_input_is_one_line_and_exit_2(capsys, tmp_path):
    for arguments, words in bad_commands(tmp_path):
        status, out, err = call(capsys, *arguments)
        assert status == 2, arguments
        assert words in err, (arguments, err)
        assert len(err.splitlines()) == 1, err
        assert out == ""


def test_pictures_of_the_page_are_small_and_whole():
    names = re.findall(r"pictures/([\w.-]+)", PAGE)
    assert len(names) == 2
    for name in names:
        path = Path(__file__).parents[2] / "docs" / "pictures" / name
        limit = 400_000 if path.suffix == ".gif" else 200_000
        assert path.stat().st_size < limit
        with Image.open(path) as read:
            read.load()
