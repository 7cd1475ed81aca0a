"""The modules of the pages hang together: what is imported is there and used, what is exported is wanted."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

SITE = Path(str(files("convolens.studio"))) / "site"
STATIC = SITE / "static"
MODULES = sorted(STATIC.rglob("*.js"))
IMPORT = re.compile(r'^import \{ ([^}]*) \} from "([^"]*)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?:async )?(?:const|function|class) (\w+)", re.MULTILINE)


def _imports(module: Path) -> list[tuple[Path, list[str]]]:
    """Return the modules that one imports, and the names from each."""
    return [
        ((module.parent / where).resolve(), names.split(", "))
        for names, where in IMPORT.findall(module.read_text())
    ]


def _name(module: Path) -> str:
    return module.relative_to(STATIC).with_suffix("").as_posix()


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_what_is_imported_is_there_and_used(module: Path) -> None:
    text = module.read_text()
    assert text.count("\nimport ") == len(IMPORT.findall(text))
    body = IMPORT.sub("", text)
    for source, names in _imports(module):
        exported = EXPORT.findall(source.read_text())
        for name in names:
            assert name in exported
            assert re.search(rf"\b{name}\b", body), f"{name} is not used"


def test_what_is_exported_is_imported_somewhere() -> None:
    wanted = {(source, name) for module in MODULES for source, names in _imports(module) for name in names}
    exported = {(module.resolve(), name) for module in MODULES for name in EXPORT.findall(module.read_text())}
    assert exported - wanted == set()


@pytest.mark.parametrize(("room", "below"), [("elements", ()), ("asking", ("elements",))])
def test_rooms_import_what_lies_below_them(room: str, below: tuple[str, ...]) -> None:
    """What is shown asks nobody, what asks shows by its elements alone; the pages stand on both."""
    for module in (STATIC / room).glob("*.js"):
        for source, _ in _imports(module):
            assert source.parent.name in (room, *below), f"{_name(module)} imports {_name(source)}"
