"""Numba keeps compiled code until the file of a function changes, whatever becomes of the files it calls into.

So a caller names what it calls by content; this notices a change there that the caller does not know of.
"""

import hashlib
from pathlib import Path

import pytest

import convolens.augmentation.cpu

HERE = Path(convolens.augmentation.cpu.__file__).parent
CALLERS = {
    "kernel": ["blend", "colours", "places", "write_line"],
    "finishing_kernel": ["tones", "../draw/tone_codes"],
    "tones": ["../draw/tone_codes"],
}


@pytest.mark.parametrize("caller", CALLERS)
def test_a_caller_knows_what_it_calls(caller):
    called = b"".join((HERE / f"{name}.py").read_bytes() for name in CALLERS[caller])
    line = f'CALLED = "{hashlib.sha256(called).hexdigest()[:16]}"'
    found = (HERE / f"{caller}.py").read_text(encoding="utf-8")
    assert line in found, f"write {line} into {caller}.py, so that Numba compiles it anew"
