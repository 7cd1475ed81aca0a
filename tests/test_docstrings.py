"""Every public name says what it takes and which errors it raises."""

import ast
import importlib
import inspect
import pkgutil
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import is_dataclass
from functools import reduce
from typing import Any

import pytest

import convolens

# "Args:" with what follows indented, or "Args, Raises: as of `other`", which says where they are.
SECTION = re.compile(r"^(?P<names>[A-Z]\w+(?:, [A-Z]\w+)*):(?: as of `(?P<other>[\w.]+)`)?", re.MULTILINE)
REFERENCE = re.compile(r"as of `([\w.]+)`")


def packages() -> list[Any]:
    found = pkgutil.walk_packages(convolens.__path__, "convolens.")
    return [convolens] + [importlib.import_module(module.name) for module in found if module.ispkg]


def public_names() -> dict[str, Any]:
    """Return the classes and functions of ours that packages list, by the shortest name."""
    listed = {
        f"{package.__name__}.{name}": getattr(package, name)
        for package in packages()
        for name in getattr(package, "__all__", ())
    }
    named = {}
    for name in sorted(listed, key=lambda name: (name.count("."), name)):
        thing = listed[name]
        if (inspect.isclass(thing) or inspect.isfunction(thing)) and thing.__module__.startswith("convolens"):
            named.setdefault(thing, name)
    return {name: thing for thing, name in named.items()}


def referred(name: str, module: Any) -> Any:
    """Return what a docstring of `module` means by a name: there, or in a package that it lies in, but our whole."""
    first, *rest = name.split(".")
    parts = module.__name__.split(".")
    for place in (
        module,
        *(importlib.import_module(".".join(parts[:n])) for n in range(len(parts) - 1, 1, -1)),
    ):
        if hasattr(place, first):
            return reduce(getattr, rest, getattr(place, first))
    pytest.fail(f'{module.__name__}: a docstring says "as of `{name}`", which is no name there')


def sections(thing: Any) -> set[str]:
    """Return the sections of a docstring, those that it refers to only where they are there."""
    found: set[str] = set()
    for match in SECTION.finditer(written(thing)):
        names = set(match["names"].split(", "))
        if match["other"]:
            names &= sections(referred(match["other"], sys.modules[thing.__module__]))
        found |= names
    return found


def functions_in(member: Any) -> list[Callable[..., Any]]:
    """Return the functions that a member of a class is made of: none, one, or a property's two or three."""
    if isinstance(member, property):
        return [part for part in (member.fget, member.fset, member.fdel) if part is not None]
    member = inspect.unwrap(getattr(member, "__func__", member)) if callable(member) else None
    return [member] if inspect.isfunction(member) else []


def raises(function: Callable[..., Any]) -> bool:
    """Return whether a function makes an error itself; "not implemented" is how an abstract method is written."""
    todo = list(ast.parse(textwrap.dedent(inspect.getsource(function))).body[0].body)
    while todo:
        node = todo.pop()
        if (
            isinstance(node, ast.Raise)
            and node.exc is not None
            and "NotImplementedError" not in ast.dump(node)
        ):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            todo += ast.iter_child_nodes(node)
    return False


def written(thing: Any) -> str:
    """Return the docstring that somebody wrote; a dataclass and a named tuple get their signature where nobody did."""
    text = inspect.cleandoc(thing.__doc__ or "")
    return "" if inspect.isclass(thing) and text.startswith(f"{thing.__name__}(") else text


def with_references(thing: Any) -> str:
    """Return a docstring, and those that it refers to."""
    others = (referred(name, sys.modules[thing.__module__]) for name in REFERENCE.findall(written(thing)))
    return written(thing) + "".join(map(with_references, others))


def missing(
    parameters: Iterable[str], functions: Iterable[Callable[..., Any]], *told_by: Any
) -> Iterator[str]:
    """Say what these docstrings leave out of parameters, and of the errors that functions raise."""
    told, text = set().union(*map(sections, told_by)), "".join(map(with_references, told_by))
    names = [name for name in parameters if name not in ("self", "cls")]
    if len(names) > 1 and not told & {"Args", "Attributes"}:
        yield "Args"
    elif len(names) > 1:
        yield from (f"Args: {name}" for name in names if not re.search(rf"\b{name}\b", text))
    if any(map(raises, functions)) and "Raises" not in told:
        yield "Raises"


def ours(thing: type) -> list[type]:
    return [base for base in thing.__mro__ if base.__module__.startswith("convolens")]


def missing_in_class(thing: type) -> Iterator[str]:
    """Say what the docstrings of a class and of its public methods leave out.

    What a method overrides may say it too; where it has no docstring of its own, the class may say what it raises.
    """
    if not written(thing):
        yield "a docstring"
    made_by = "__post_init__" if is_dataclass(thing) else "__init__"
    makers = [part for part in functions_in(vars(thing).get(made_by)) if part.__module__ == thing.__module__]
    parameters = inspect.signature(thing).parameters if makers or is_dataclass(thing) else ()
    yield from missing(parameters, makers, *(ours(thing) if is_dataclass(thing) else [thing]))
    fields = getattr(thing, "__dataclass_fields__", {})
    for name in sorted({name for base in ours(thing) for name in vars(base)} - set(fields)):
        where = [base for base in ours(thing) if name in vars(base)]
        functions = functions_in(vars(where[0])[name])
        if name.startswith("_") or not functions:
            continue
        if not inspect.getdoc(getattr(thing, name)):
            yield f"{name}: a docstring"
        told_by = [part for base in where for part in functions_in(vars(base)[name])]
        for what in missing(inspect.signature(functions[0]).parameters, functions, *told_by):
            if what != "Raises" or functions[0].__doc__ or "Raises" not in sections(where[0]):
                yield f"{name}: {what}"


def missing_in_function(thing: Callable[..., Any]) -> Iterator[str]:
    if not written(thing):
        yield "a docstring"
    yield from missing(inspect.signature(thing).parameters, [thing], thing)


@pytest.mark.parametrize(("name", "thing"), public_names().items(), ids=list(public_names()))
def test_a_public_name_says_what_it_takes_and_raises(name: str, thing: Any) -> None:
    left_out = missing_in_class(thing) if inspect.isclass(thing) else missing_in_function(thing)
    assert not list(left_out), f"{name} ({inspect.getsourcefile(thing)})"
