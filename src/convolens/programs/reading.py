"""Read a Keras program without running it: which names of Keras and TensorFlow it uses, where, and whether they are here."""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from convolens.errors import ConvolensError
from convolens.missing import keras_name
from convolens.missing.advice import known_names, sentence
from convolens.missing.old_places import PACKAGES
from convolens.programs.keras_names import NEED_TENSORFLOW, keras_names
from convolens.programs.running import read_program

# What an `except` catches of a name that is not here.
_CAUGHT = {"ImportError", "ModuleNotFoundError", "AttributeError", "Exception", "BaseException"}


@dataclass(frozen=True)
class Use:
    """A name of Keras or TensorFlow in a program.

    Args:
        file: the program, or a file beside it that it imports.
        line: its number in there, from 1.
        name: as the program would have to import it, "tensorflow.keras.layers.Conv2D".
        missing: what is to be said of it where it is not here; "" where it is.
        guarded: whether the program goes on without it, by an `except`.
    """

    file: Path
    line: int
    name: str
    missing: str = ""
    guarded: bool = False


def uses_of(program: str | Path) -> list[Use]:
    """Return the names of Keras and TensorFlow that a program uses, each once a file, by their first lines; nothing of it is run.

    A name that is bound to something else too is left out: what it means where cannot be read off.

    Args:
        program: a Python file; files beside it that it imports are read as well.

    Raises:
        ProgramError: it is no Python; the line is named. MissingFileError: no such file.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "network.py"
        ...     _ = file.write_text("from keras import layers\\nlayers.Conv2D\\nlayers.LSTM")
        ...     [(use.line, use.name, use.missing == "") for use in uses_of(file)]
        [(1, 'keras.layers', True), (2, 'keras.layers.Conv2D', True), (3, 'keras.layers.LSTM', False)]
    """
    first = Path(program)
    found: dict[tuple[Path, str], Use] = {}
    todo, read = [first], set()
    with keras_names():
        while todo:
            file = todo.pop(0)
            read.add(file)
            read_program(file)  # which refuses what is no Python
            tree = ast.parse(file.read_bytes())
            for name, line, guarded in _Names(tree, _bound(tree)).found():
                earlier = found.get((file, name))
                if earlier is None or earlier.guarded:
                    found[file, name] = Use(file, line, name, _missing(name), guarded)
            beside = (
                first.parent.joinpath(*module.split(".")).with_suffix(".py") for module in _imported(tree)
            )
            todo += [
                other for other in dict.fromkeys(beside) if other.is_file() and other not in [*read, *todo]
            ]
    return sorted(found.values(), key=lambda use: (use.file != first, str(use.file), use.line, use.name))


class _Names(ast.NodeVisitor):
    """Follows names that are imported, and what is assigned from them, through a program."""

    def __init__(self, tree: ast.Module, rebound: set[str]) -> None:
        self.tree = tree
        self.rebound = rebound  # names that are something else in places
        self.meanings: dict[str, str] = {}  # in the program -> the full name
        self.starred: list[str] = []
        self.guarded = False
        self.uses: list[tuple[str, int, bool]] = []

    def found(self) -> Iterator[tuple[str, int, bool]]:
        """Yield full names, their lines, and whether an `except` is there for them."""
        self.visit(self.tree)
        yield from self.uses

    def visit_Import(self, node: ast.Import) -> None:
        for item in node.names:
            if _is_foreign(item.name):
                self._use(item.name, node)
                self.meanings[item.asname or item.name.partition(".")[0]] = (
                    item.name if item.asname else item.name.partition(".")[0]
                )

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level or not node.module or not _is_foreign(node.module):
            return
        for item in node.names:
            if item.name == "*":
                self.starred.append(node.module)
                self._use(node.module, node)
            else:
                self._use(f"{node.module}.{item.name}", node)
                self.meanings[item.asname or item.name] = f"{node.module}.{item.name}"

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        meaning = self._meaning(node.value)
        if meaning is not None and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            self.meanings[node.targets[0].id] = meaning

    def visit_Try(self, node: ast.Try) -> None:
        before, self.guarded = self.guarded, self.guarded or any(map(_catches, node.handlers))
        for statement in node.body:
            self.visit(statement)
        self.guarded = before
        for part in (*node.handlers, *node.orelse, *node.finalbody):
            self.visit(part)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        meaning = self._meaning(node)
        if meaning is None:
            self.generic_visit(node)
        else:
            self._use(meaning, node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and node.id not in self.meanings and node.id not in self.rebound:
            for module in self.starred:
                if f"{keras_name(module)}.{node.id}" in known_names():
                    self._use(f"{module}.{node.id}", node)

    def _meaning(self, node: ast.expr) -> str | None:
        """Return the full name that a dotted name stands for."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id in self.rebound or node.id not in self.meanings:
            return None
        return ".".join((self.meanings[node.id], *parts))

    def _use(self, name: str, node: ast.stmt | ast.expr) -> None:
        self.uses.append((name, node.lineno, self.guarded))


def _is_foreign(module: str) -> bool:
    return module.partition(".")[0] in ("convolens", *PACKAGES, *NEED_TENSORFLOW)


def _catches(handler: ast.ExceptHandler) -> bool:
    kinds = ast.walk(handler.type) if handler.type is not None else ()
    return handler.type is None or any(isinstance(kind, ast.Name) and kind.id in _CAUGHT for kind in kinds)


def _imported(tree: ast.Module) -> Iterator[str]:
    """Yield the modules that a program imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{item.name}" for item in node.names)


def _bound(tree: ast.Module) -> set[str]:
    """Return the names that are bound otherwise than by an import or one assignment of a dotted name, in whatever scope."""
    aliases = {
        id(node.targets[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.Attribute)
    }
    bound = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and id(node) not in aliases:
            bound.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    return bound


def _missing(name: str) -> str:
    """Return what is to be said of a name that is not here; "" of one that is."""
    first, *rest = name.split(".")
    try:
        thing = importlib.import_module(first)
    except ConvolensError as error:
        return str(error)
    for depth, part in enumerate(rest, 1):
        try:
            thing = getattr(thing, part)
        except ConvolensError as error:
            return str(error)
        except AttributeError:
            return sentence(keras_name(".".join((first, *rest[:depth]))))
        if not isinstance(thing, ModuleType | type):
            break  # of a value only a run knows what it has
    return ""
