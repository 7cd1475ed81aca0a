"""Write the table of Keras' names in docs/from-keras.md, and the list of them that Convolens answers from.

python docs/list_keras_names.py                    # prints the table
python docs/list_keras_names.py --write            # writes it
python docs/list_keras_names.py --names FOLDER     # writes the list: of the keras package, and of the tf_keras package in FOLDER
"""

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

NAMES = Path(__file__).parent.parent / "src/convolens/missing/keras_names.txt"
HEAD = "# Public names of Keras 3.15 and tf.keras 2.15, and what their docstrings say first; made by docs/list_keras_names.py\n"
WIDTH = 100  # of what a docstring says


def public_names(package: Path, skipped: tuple[str, ...], sources: Path) -> Iterator[tuple[str, str]]:
    """Yield the names that the modules of a package import, and what they do."""
    for file in sorted(package.rglob("__init__.py")):
        place = file.parent.relative_to(package).parts
        if set(place) & set(skipped):
            continue
        module = ".".join(("keras", *place))
        if place:
            yield module, "a module"
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.module:
                for item in node.names:
                    name = item.asname or item.name
                    if not name.startswith("_"):
                        yield f"{module}.{name}", summary(sources, node.module, item.name)


def summary(sources: Path, module: str, name: str) -> str:
    """Return the first sentence of a docstring, made short."""
    said = docstrings(sources, module).get(name, "")
    said = re.sub(r"\s+", " ", re.split(r"\n\s*\n", said.strip())[0]).replace("`", "")
    said = re.split(r"(?<=[a-z)])\.\s", said)[0].strip().removesuffix(".")
    return said if len(said) <= WIDTH else said[: WIDTH - 3].rsplit(" ", 1)[0] + " ..."


@cache
def docstrings(sources: Path, module: str) -> dict[str, str]:
    """Return the docstrings of a module's classes, functions and modules by name."""
    place = sources.joinpath(*module.split("."))
    file = next((f for f in (place.with_suffix(".py"), place / "__init__.py") if f.exists()), None)
    if file is None:
        return {}
    found = {}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.setdefault(node.name, ast.get_docstring(node) or "")
    return found


def write_names(tf_keras: Path) -> None:
    """Write the list of names from both packages."""
    spec = importlib.util.find_spec("keras")
    if spec is None or spec.origin is None:
        sys.exit("the keras package is not installed")
    keras = Path(spec.origin).parent
    known: dict[str, str] = {}
    for package, skipped, sources in (
        (keras, ("src", "_tf_keras"), keras.parent),
        (keras / "_tf_keras/keras", (), keras.parent),
        (tf_keras / "api/_v2/keras", ("__internal__",), tf_keras.parent),
    ):
        for name, said in public_names(package, skipped, sources):
            known[name] = known.get(name) or said
    lines = (f"{name}\t{known[name]}\n" for name in sorted(known))
    NAMES.write_text(HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    if "--names" in sys.argv:
        write_names(Path(sys.argv[sys.argv.index("--names") + 1]))
