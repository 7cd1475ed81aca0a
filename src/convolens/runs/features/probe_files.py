"""What a probed run holds: an ordinary model.json and weights, and the cross-validated scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convolens.analysis import plot_confusion_matrix
from convolens.analysis.measures import Scores
from convolens.data.caching.content import content_hashes
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.data.prepared import Part
from convolens.features import Features
from convolens.features.learners.classical import LEARNERS
from convolens.features.learners.cross_validation import Result
from convolens.files.atomic import link_or_copy
from convolens.files.plain_json import write_json
from convolens.models import Model
from convolens.runs.folder import model_file
from convolens.runs.folder.environment import environment
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.record import PROBE, write_tables
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.folder.seen_photos import SeenPhotos
from convolens.runs.output.tables import write_csv
from convolens.runs.report.class_tables import draw_mistakes, write_class_predictions
from convolens.runs.report.page import picture_data, write_page


@dataclass(frozen=True)
class Probed:
    """What is written.

    Attributes:
        folder: of the run.
        settings: what was asked for and chosen.
        preprocessing, name, model: for model.json and the weights.
        part: the photos.
        best: the learner that the run holds.
        results: of all, the best first.
        scores: of the best, cross-validated.
        before: see `SeenPhotos`.
    """

    folder: RunFolder
    settings: Mapping[str, Any]
    preprocessing: Preprocessing
    name: str
    model: Model
    part: Part
    best: Result
    results: tuple[Result, ...]
    scores: Scores
    before: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for results.json."""
        return {
            "cross_validated": True,
            "learner": self.best.learner,
            "title": LEARNERS[self.best.learner].title,
            "folds": len(self.best.accuracies),
            "fold_accuracy": self.best.mean,
            "fold_spread": self.best.spread,
            **self.scores.as_dict(),
            "learners": [row.as_dict() | {"title": LEARNERS[row.learner].title} for row in self.results],
        }


def write_run(probed: Probed, data: Path, features: Features, command: str | None) -> None:
    """Write everything; the weights last.

    Raises:
        WriteError: a file cannot be written.
    """
    folder, names = probed.folder, probed.part.folder.class_names
    tables: dict[str, Any] = {
        "kind": PROBE,
        "probe": dict(probed.settings),
        "data": {
            "path": str(data.resolve()),
            "classes": list(names),
            "images": len(probed.part),
            "skipped_images": len(features.skipped),
            "fingerprint": features.key.data if features.key is not None else "",
        },
        "environment": environment("cpu"),
    }
    if command is not None:
        tables["command"] = command
    SeenPhotos.of(probed.part.folder, before=probed.before).write(folder.seen_photos)
    write_tables(folder.settings, tables)
    if features.skipped:
        write_csv(folder.skipped, ["path", "reason"], features.skipped)
    results = probed.as_dict()
    write_json(folder.results, results)
    write_csv(
        folder.path / "learners.csv",
        ["learner", "accuracy", "spread", "loss", "seconds"],
        [
            [row.learner, f"{row.mean:.6f}", f"{row.spread:.6f}", f"{row.loss:.6f}", f"{row.seconds:.3f}"]
            for row in probed.results
        ],
    )
    part = probed.part
    write_class_predictions(
        folder.predictions, part.folder.paths, part.labels, probed.best.probability, names,
        sha256=content_hashes(part.folder),
    )  # fmt: skip
    plot_confusion_matrix(probed.scores.confusion, names, folder.confusion_matrix)
    draw_mistakes(folder.mistakes, probed.part, probed.best.probability, names)
    pictures = {
        "Confusion matrix, cross-validated": picture_data(folder.confusion_matrix),
        "Worst mistakes, cross-validated": picture_data(folder.mistakes),
    }
    write_page(
        folder.report,
        "probe.html",
        name=folder.path.name,
        results=results,
        settings=probed.settings,
        pictures={title: picture for title, picture in pictures.items() if picture},
        environment=tables["environment"],
    )
    model_file.write(folder.model, TrainedModel(probed.model, probed.name, names, probed.preprocessing))
    model_file.save_weights(probed.model.module, folder.best)
    link_or_copy(folder.best, folder.last)
