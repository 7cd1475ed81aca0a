"""evaluate, of a run whose photos have several labels: the photos found, scored, and shown."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convolens.data.folder import ImageFolder, check_folder, list_images, subfolders
from convolens.data.label_table import read_label_table
from convolens.data.multi_label import MultiLabelFolder, merge_identical
from convolens.errors import DataError
from convolens.files.atomic import atomic_path
from convolens.runs.answers.label_answers import describe_thresholds
from convolens.runs.answers.labelled import place_to_score, read_photos
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.output.screen import Screen
from convolens.runs.preparation.prepare import Part
from convolens.runs.report.page import page_of, picture_data
from convolens.runs.tasks.label_scores import LabelScores, score_labels
from convolens.runs.tasks.label_tables import (
    PICTURES,
    draw_labels,
    show_labels,
    tell_scores,
    write_label_predictions,
)


@dataclass(frozen=True)
class LabelEvaluation(LabelScores):
    """`LabelScores` of labelled photos.

    Attributes:
        variations: of each photo, whose probabilities were averaged (test-time augmentation).
    """

    variations: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {**super().as_dict(), "tta": self.variations}


@dataclass(frozen=True)
class LabelEvaluator:
    """Scores a run on photos with several labels.

    Args:
        trained: its network.
        data: a folder of photos with `table`, else class folders in which equal files are one photo.
        table: a CSV file, see `data.read_label_table`.
        screen: where lines go.
    """

    trained: TrainedModel
    data: Path
    table: Path | None
    screen: Screen

    @property
    def place(self) -> Path:
        """The folder of the photos.

        Raises:
            MissingFileError: it is not there. DataError: neither a table nor class folders.
        """
        if self.table is not None:
            return check_folder(self.data)
        if not subfolders(check_folder(self.data)):
            raise DataError(f"{self.data}: no class folders; give the labels of its photos by --labels FILE.")
        return place_to_score(self.data)

    def read(self) -> Part:
        """Return the photos.

        Raises:
            MissingFileError, DataError: those of `read_label_table` or `list_images`; not one photo has a label.
        """
        names = self.trained.class_names
        found: ImageFolder
        if self.table is not None:
            found = read_label_table(self.table, self.place, names)
        else:
            found = merge_identical(list_images(self.place, class_names=names, allow_missing_classes=True))
        if isinstance(found, MultiLabelFolder):
            for note in found.notes:
                self.screen.line(note)
        part = read_photos(found, self.trained, self.screen)
        if not part.labels.any():
            raise DataError(f"{self.table}: no photo that can be read has a label; nothing can be scored.")
        return part

    def score(self, part: Part, chances: np.ndarray, variations: int | None) -> LabelEvaluation:
        """Return every measure, told on the screen."""
        scores = score_labels(chances, part.labels, self.trained.class_names, self.trained.thresholds)
        found = LabelEvaluation(**vars(scores), variations=variations)
        tell_scores(found, "", self.screen)
        self.screen.line(describe_thresholds(self.trained))
        show_labels(found, self.screen)
        return found

    def write_table(self, path: Path, part: Part, chances: np.ndarray) -> None:
        """Write path, labels, predicted labels and probabilities.

        Raises:
            WriteError: the file cannot be written.
        """
        write_label_predictions(path, part, chances, self.trained.class_names, self.trained.thresholds)

    def write_folder(
        self, folder: Path, found: LabelEvaluation, part: Part, chances: np.ndarray, title: str
    ) -> None:
        """Write evaluation.json, predictions.csv, the pictures, and evaluation.html, which needs none of them.

        Raises:
            WriteError: a file cannot be written.
        """
        with atomic_path(folder / "evaluation.json") as temporary:
            text = json.dumps(found.as_dict(), indent=1, ensure_ascii=False)
            temporary.write_text(text + "\n", encoding="utf-8")
        self.write_table(folder / "predictions.csv", part, chances)
        draw_labels(folder, part, chances, found)
        drawn = {
            name: data for name, file in PICTURES.items() if (data := picture_data(folder / file)) is not None
        }
        page = page_of("labels_evaluation.html", title=title, outcome=found.as_dict(), pictures=drawn)
        with atomic_path(folder / "evaluation.html") as temporary:
            temporary.write_text(page, encoding="utf-8", errors="replace")
        self.screen.result(f"Page: {folder / 'evaluation.html'}")
