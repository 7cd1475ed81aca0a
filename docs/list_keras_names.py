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
from functools import cache, reduce
from pathlib import Path

import convolens
from convolens.missing.advice import known_names

PAGE = Path(__file__).parent / "from-keras.md"
BEGIN, END = "<!-- made by docs/list_keras_names.py -->\n", "<!-- end -->"
# Names that are here and are not quite the same.
DIFFERS = {
    "keras.Layer": "`call` of a layer of one's own sees Keras' order; inside networks tensors are NCHW",
    "keras.callbacks.BackupAndRestore": "keeps the place within the epoch, and all random states",
    "keras.callbacks.ModelCheckpoint": "refuses a template with an unknown metric before the first epoch",
    "keras.callbacks.TensorBoard": "writes no graphs, no profiles, no embeddings",
    "keras.layers.Lambda": "is not read from files, which would run a stranger's program",
    "keras.layers.TimeDistributed": "all steps are one batch to the layer, as in tf.keras 2",
    "keras.models.load_model": "runs nothing that is in a file",
    "keras.preprocessing.image.ImageDataGenerator": "draws by (seed, epoch, index); decodes once; turns photos upright",
    "keras.utils.load_img": "turns photos upright",
}
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


def is_here(name: str) -> bool:
    """Return whether Convolens has a name of Keras."""
    try:
        reduce(getattr, name.split(".")[1:], convolens)
    except AttributeError:
        return False
    return True


def table() -> str:
    """Return a row for each module of Keras: what of it is here, what differs, what is not here."""
    modules: dict[str, list[str]] = {}
    for name in known_names():
        if known_names()[name] != "a module":
            modules.setdefault(name.rpartition(".")[0], []).append(name)
    counts = [0, 0, 0]
    rows = []
    for module, names in sorted(modules.items()):
        here = [name for name in names if is_here(name)]
        sorted_out = (
            [last(name) for name in here if name not in DIFFERS],
            [f"{last(name)} ({DIFFERS[name]})" for name in here if name in DIFFERS],
            [last(name) for name in names if name not in here],
        )
        counts = [count + len(part) for count, part in zip(counts, sorted_out, strict=True)]
        rows.append(f"| `{module}` | " + " | ".join(", ".join(part) for part in sorted_out) + " |")
    whole = f"Of {sum(counts):,} public names of Keras 3.15 and tf.keras 2.15, {counts[0]:,} are here, {counts[1]} are here and differ, {counts[2]:,} are not here."
    return "\n".join([whole, "", "| module | here | differs | not here |", "|---|---|---|---|", *rows])


def last(name: str) -> str:
    """Return the last part of a name."""
    return name.rpartition(".")[2]


def page() -> str:
    """Return the page with the table in its place."""
    head, rest = PAGE.read_text(encoding="utf-8").split(BEGIN, 1)
    return f"{head}{BEGIN}\n{table()}\n\n{END}{rest.split(END, 1)[1]}"


if __name__ == "__main__":
    if "--names" in sys.argv:
        write_names(Path(sys.argv[sys.argv.index("--names") + 1]))
    elif "--write" in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(table())
