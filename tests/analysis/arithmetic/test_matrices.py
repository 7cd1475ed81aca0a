"""Matrices and kernels as typed: what is read is what was written, and what is wrong is named."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from convolens.analysis.arithmetic import KERNELS, looks_like_numbers, named_kernel, parse_matrix, read_csv
from convolens.errors import ArgumentError, DataError, MissingFileError, ShapeError, UnknownNameError

NUMBERS = st.floats(-1e9, 1e9, allow_subnormal=False)
MATRICES = st.integers(1, 5).flatmap(
    lambda columns: st.lists(st.lists(NUMBERS, min_size=columns, max_size=columns), min_size=1, max_size=5)
)


@given(MATRICES, st.sampled_from([",", " ", " , "]), st.booleans())
def test_what_is_typed_is_read(rows, comma, ends_with_semicolon):
    text = ";".join(comma.join(map(repr, row)) for row in rows) + ";" * ends_with_semicolon
    np.testing.assert_array_equal(parse_matrix(text), rows)


@pytest.mark.parametrize("comma", [",", ";", "\t", " ", ", "])
def test_csv(tmp_path, comma):
    path = tmp_path / "m.csv"
    path.write_text("\ufeff" + "\r\n".join(comma.join(row) for row in (["1", "-2.5"], ["3", "4e1"])) + "\n\n")
    np.testing.assert_array_equal(read_csv(path), [[1, -2.5], [3, 40]])


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("1,2;3", ShapeError, r"matrix: row 0 has 2 cells, but row 1 has 1; give each row as many"),
        (
            "1,,2",
            ArgumentError,
            r"the cell in row 0, column 1 \(counted from 0\) must be a finite number; received ''",
        ),
        ("1,2;3,", ArgumentError, r"row 1, column 1 .* received ''"),
        ("1,x;2,3", ArgumentError, r"row 0, column 1 .* received 'x'"),
        ("1,nan", ArgumentError, r"received 'nan'"),
        ("1,inf", ArgumentError, r"received 'inf'"),
        ("1;;2", ArgumentError, r"row 1, column 0 .* received ''"),
        ("", ArgumentError, r"received ''"),
    ],
)
def test_bad_matrices(text, error, words):
    with pytest.raises(error, match=words):
        parse_matrix(text)


def test_bad_csv_files(tmp_path):
    path = tmp_path / "m.csv"
    with pytest.raises(MissingFileError, match=r"m\.csv: no such file; give a CSV file of numbers"):
        read_csv(path)
    path.write_text("\n \n")
    with pytest.raises(ShapeError, match=r"m\.csv: matrix: there are no numbers"):
        read_csv(path)
    path.write_text("1,2\n3\n")
    with pytest.raises(ShapeError, match=r"m\.csv: matrix: row 0 has 2 cells, but row 1 has 1"):
        read_csv(path)
    path.write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(DataError, match=r"m\.csv: not a CSV file"):
        read_csv(path)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataError, match=r"folder\.csv: cannot be read"):
        read_csv(tmp_path / "folder.csv")


def test_what_looks_like_numbers():
    assert all(looks_like_numbers(text) for text in ("1,2", "3;4", "-1e3", " 5 ", "1,x"))
    assert not any(looks_like_numbers(text) for text in ("sobel-x", "photo.png", ""))


@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_does_what_its_name_says(name):
    kernel = named_kernel(name)
    assert kernel.shape in ((3, 3), (5, 5))
    keeps_brightness = name in ("identity", "sharpen", "emboss") or "blur" in name
    assert kernel.sum() == pytest.approx(1.0 if keeps_brightness else 0.0)  # a flat image stays, or becomes 0
    if name.endswith("-x"):
        np.testing.assert_array_equal(kernel.T, named_kernel(name[:-1] + "y"))
        assert kernel[:, -1].min() > 0 > kernel[:, 0].max()  # a rise to the right is positive
    if "blur" in name:
        assert kernel.min() > 0
        np.testing.assert_array_equal(kernel, kernel.T)


def test_kernels_as_numbers(tmp_path):
    np.testing.assert_array_equal(named_kernel("vertical-edge"), named_kernel("1,0,-1;1,0,-1;1,0,-1"))
    np.testing.assert_array_equal(named_kernel("horizontal-edge"), named_kernel("vertical-edge").T)
    (tmp_path / "k.csv").write_text("0,1\n2,3\n")
    np.testing.assert_array_equal(named_kernel(str(tmp_path / "k.csv")), [[0, 1], [2, 3]])
    with pytest.raises(
        UnknownNameError, match=r"unknown kernel 'sobl-x'\. Did you mean 'sobel-x'\? Known: blur, box-blur"
    ):
        named_kernel("sobl-x")
    with pytest.raises(ShapeError, match=r"kernel: row 0 has 2 cells, but row 1 has 1"):
        named_kernel("1,2;3")
