"""Run a Keras program as Python would, its imports of Keras and TensorFlow led here."""

import builtins
import sys
import sysconfig
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from types import CodeType, ModuleType, TracebackType

from convolens.errors import ConvolensError, MissingFileError, ProgramError
from convolens.programs.dropped_names import dropped_names
from convolens.programs.keras_names import keras_names
from convolens.training.loop import CTRL_C_GOES_ON

NOTEBOOK = ".ipynb"


def run_program(program: str | Path, arguments: Sequence[str] = ()) -> int:
    """Run a Keras program unchanged, as `__main__`; return 0, or 1 after an error of its own, whose traceback is printed.

    `sys.argv` and `sys.path[0]` are as under `python PROGRAM.py ARGUMENTS`; `sys.exit` in the program is a SystemExit here too. The program
    has the rights of its user, as under Python.

    Args:
        program: a Python file.
        arguments: what it is given.

    Raises:
        ProgramError: it needs what is not here, or gives Convolens what it cannot take; the message names the line.
        MissingFileError: no such file.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "hello.py"
        ...     _ = file.write_text("from tensorflow import keras; print(keras.layers.Flatten.__name__)")
        ...     run_program(file)
        Flatten
        0
    """
    program = Path(program)
    code = read_program(program)
    with _as_main(program, arguments) as main, keras_names(), dropped_names():
        try:
            copy_context().run(exec, code, main.__dict__)
        except BrokenPipeError:  # the reader (head, less) went away
            raise
        except ConvolensError as error:
            raise ProgramError(f"{_line(error, program)}: {error}") from error
        except Exception as error:
            error.__traceback__ = _from(program, error.__traceback__)
            sys.excepthook(type(error), error, error.__traceback__)
            return 1
    return 0


def read_program(program: Path) -> CodeType:
    """Return a program's code.

    Args:
        program: a Python file.

    Raises:
        MissingFileError: no such file. ProgramError: it is no Python; the line is named.
    """
    try:
        source = program.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise MissingFileError(f"{program}: no such file; give a Python program.") from error
    if program.suffix == NOTEBOOK:
        raise ProgramError(
            f"{program} is a notebook; save it as a program first: jupyter nbconvert --to script {program}"
        )
    try:
        return compile(source, str(program), "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:  # ValueError: bytes that no text holds
        where = f"{program}, line {error.lineno}" if isinstance(error, SyntaxError) else str(program)
        said = error.msg if isinstance(error, SyntaxError) else error
        version = ".".join(map(str, sys.version_info[:2]))
        raise ProgramError(f"{where}: this is no Python {version}: {said}.") from error


@contextmanager
def _as_main(program: Path, arguments: Sequence[str]) -> Iterator[ModuleType]:
    """Let a program be `__main__` within the block, with its arguments and its folder first on the path."""
    main = ModuleType("__main__")
    main.__dict__.update(__file__=str(program), __builtins__=builtins, __annotations__={})
    before, token = (sys.modules["__main__"], sys.argv, sys.path), CTRL_C_GOES_ON.set(True)
    sys.modules["__main__"] = main
    sys.argv = [str(program), *arguments]
    sys.path = [str(program.resolve().parent), *sys.path[1:]]
    try:
        yield main
    finally:
        sys.modules["__main__"], sys.argv, sys.path = before
        CTRL_C_GOES_ON.reset(token)


def _from(program: Path, trace: TracebackType | None) -> TracebackType | None:
    """Return a traceback from the program's own first frame on."""
    while trace is not None and trace.tb_frame.f_code.co_filename != str(program):
        trace = trace.tb_next
    return trace


def _line(error: BaseException, program: Path) -> str:
    """Return the last line of a program's own that led to an error: of its file, or of one that it imports."""
    paths = sysconfig.get_paths()
    others = (str(Path(__file__).parent.parent), paths["stdlib"], paths["purelib"], paths["platlib"], "<")
    frames = traceback.extract_tb(_from(program, error.__traceback__))
    own = [frame for frame in frames if not frame.filename.startswith(others)]
    return f"{own[-1].filename}, line {own[-1].lineno}" if own else str(program)
