"""Who works in a folder: told without disturbing anybody, and never by the number of a process alone."""

import os
import subprocess
from pathlib import Path

import pytest

from convolens.errors import BusyError
from convolens.files.lock import NAME, holder, locked


def test_the_holder_is_told_while_it_holds(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
    with locked(tmp_path):
        assert holder(tmp_path) == os.getpid()
        with pytest.raises(BusyError), locked(tmp_path):
            pass
    assert holder(tmp_path) is None


@pytest.mark.parametrize("content", [b"", b"no number", b"-1", b"0", b"9" * 30, b"\xff", b"4194305"])
def test_a_file_that_names_nobody(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    assert holder(tmp_path) is None


def test_a_number_that_went_to_another_process_holds_nothing(tmp_path: Path) -> None:
    other = subprocess.Popen(["sleep", "60"])
    try:
        (tmp_path / NAME).write_text(str(other.pid))
        assert holder(tmp_path) is None
        with locked(tmp_path):  # and asking has left the lock free
            assert holder(tmp_path) == os.getpid()
    finally:
        other.kill()
        other.wait()
