"""The page: its own few files, the name of the run in it, and the runtime beside it."""

from importlib import resources
from pathlib import Path

from convolens.deployment.description import Description
from convolens.deployment.web.runtime import unpack_runtime

PAGE = "index.html"
FILES = ("page.css", "page.js", "photos.js", "worker.js")  # beside it, as they are
RUNTIME, LICENCE = "onnxruntime", "onnxruntime-licence.txt"


def write_page(folder: Path, description: Description, package: Path) -> None:
    """Write the page into the folder of an exported model.

    Args:
        folder: with the model, its labels and its sample.
        description: of the model.
        package: of `fetch_runtime`.

    Raises:
        OSError: the folder cannot be written.
    """
    from jinja2 import Environment

    site = resources.files("convolens.deployment.web") / "site"
    for name in FILES:
        (folder / name).write_bytes((site / name).read_bytes())
    page = Environment(autoescape=True).from_string((site / PAGE).read_text(encoding="utf-8"))
    ground = description.preprocessing.samples.ground
    rendered = page.render(
        run=description.run,
        begun_with=description.begun_with,
        licence=description.licence,
        error_rate=description.error_rate,
        several=description.several,
        ground=255 if ground is None else ground,
        version=description.made_with.get("convolens", ""),
    )
    (folder / PAGE).write_text(rendered, encoding="utf-8", errors="replace")
    unpack_runtime(package, folder / RUNTIME)
    (folder / RUNTIME / "LICENSE").write_bytes((site / LICENCE).read_bytes())
