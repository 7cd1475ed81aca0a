"""The screen prints whatever its console can take, and never ends a job by a letter."""

import io

import pytest
from rich.console import Console

from convolens.runs.output.screen import Screen


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_letters_that_the_console_lacks_are_question_marks(encoding):
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)  # strict, as standard output is
    screen = Screen(console=Console(file=file, width=80))
    text = "café Ωmega \udce9 [1]"
    for say in (screen.line, screen.result, screen.warn, screen.heading):
        say(text)
    screen.table([text], [[text]], footer=[text])
    file.flush()
    printed = file.buffer.getvalue().decode(encoding)
    assert printed.count(text.encode(encoding, "replace").decode(encoding)) == 7
