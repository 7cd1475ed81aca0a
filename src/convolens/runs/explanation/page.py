"""explain.html: all that `explain` drew on one page that needs no other file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.report.page import picture_data, write_page


@dataclass
class Shown:
    """What the page shows of one photo.

    Attributes:
        item: the `Explained`.
        heat_maps: the picture of all methods.
        title: of that picture.
        words: HTML, a sentence or two for each method.
        feature_maps: (title, picture) of layers.
        layers_in_all: that give a map.
    """

    item: Any
    heat_maps: Path
    title: str
    words: list[str]
    feature_maps: list[tuple[str, Path]] = field(default_factory=list)
    layers_in_all: int = 0


def write_explanation(
    path: Path,
    run: str,
    trained: TrainedModel,
    shown: list[Shown],
    explained: list[Any],
    further: dict[str, Any],
) -> None:
    """Write the page.

    Args:
        path: of the file.
        run: the run's name.
        trained: its network.
        shown: the photos that could be read.
        explained: all photos.
        further: "filters" and "top_photos": (title, words, picture), each where there is one.

    Raises:
        WriteError: it cannot be written.
    """
    photos = [
        {
            "title": one.title,
            "name": str(one.item.path),
            "answers": [(name, f"{chance:.1%}") for name, chance in one.item.answers],
            "picture": picture_data(one.heat_maps),
            "words": one.words,
            "maps": [(title, picture_data(file)) for title, file in one.feature_maps],
            "layers_in_all": one.layers_in_all,
        }
        for one in shown
    ]
    write_page(
        path,
        "explain.html",
        run=run,
        model=trained.name,
        photos=photos,
        unreadable=[(str(item.path), item.error) for item in explained if item.error is not None],
        preprocessing=trained.preprocessing.describe(),
        sections=[(title, words, picture_data(file)) for title, words, file in further.values()],
    )
