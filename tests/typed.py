"""What a reader types, run in this process: the commands of a page, and programs. A process of its own would import for seconds."""

import contextlib
import io
import re
import runpy
import shlex
import sys
from pathlib import Path

import pytest

from convolens.cli import main


def commands(page: str) -> list[list[str]]:
    """Return the words that a page tells to type behind `convolens`, of each command."""
    found = re.findall(r"^    (?:\.venv/bin/)?convolens (.+)$", page, re.MULTILINE)
    return [shlex.split(command, comments=True) for command in found]


def call(*arguments: object) -> tuple[object, str, str]:
    """Run a command; return its exit status, what it printed and what it complained of."""
    printed, complained = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(complained),
        pytest.raises(SystemExit) as ended,
    ):
        main([str(argument) for argument in arguments])
    return ended.value.code or 0, printed.getvalue(), complained.getvalue()


def run(*arguments: object) -> str:
    """Run a command that has to succeed, and return what it printed."""
    status, printed, complained = call(*arguments)
    assert status == 0, (arguments, complained)
    return printed


def run_program(path: Path, *arguments: object, folder: Path) -> str:
    """Run a program as `python PATH ARGUMENTS` in a folder would, and return what it printed."""
    printed = io.StringIO()
    neighbours = [
        other.stem for other in path.parent.glob("*.py")
    ]  # it may import them; others have such names too
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.chdir(folder)
        patch.syspath_prepend(path.parent)
        patch.setattr(sys, "argv", [str(path), *map(str, arguments)])
        for name in neighbours:
            sys.modules.pop(name, None)
        try:
            runpy.run_path(str(path), run_name="__main__")
        finally:
            for name in neighbours:
                sys.modules.pop(name, None)
    return printed.getvalue()
