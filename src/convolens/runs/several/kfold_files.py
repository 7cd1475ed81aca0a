"""What a k-fold training holds at the top: the folds' figures, the out-of-fold answers, and the folds' networks as one."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convolens.data.caching.content import content_hashes
from convolens.data.prepared import Part
from convolens.files.atomic import link_or_copy
from convolens.files.plain_json import write_json
from convolens.runs.folder import model_file
from convolens.runs.folder.environment import environment
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.record import KFOLD, write_tables
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.folder.seen_photos import SeenPhotos
from convolens.runs.output.tables import write_csv
from convolens.runs.report.page import picture_data, write_page
from convolens.runs.settings.options import Settings
from convolens.runs.tasks.task import AnyEvaluation, Task


@dataclass(frozen=True)
class Fold:
    """What the training of a fold gave.

    Attributes:
        fold: its number, from 1.
        photos: it was scored on; its network learnt from all others.
        accuracy, loss: of its best epoch on them.
        best_epoch: from 1. epochs: that were finished.
    """

    fold: int
    photos: int
    accuracy: float
    loss: float
    best_epoch: int | None
    epochs: int


@dataclass(frozen=True)
class KFoldOutcome:
    """How well the networks of the folds do on the photos that each did not learn from.

    Attributes:
        folds: one a fold.
        found: the measures of all photos together, each answered by the network that did not learn from it.
    """

    folds: tuple[Fold, ...]
    found: AnyEvaluation

    def mean(self, measure: str) -> float:
        """Return the mean over the folds of "accuracy" or "loss"."""
        return float(np.mean([getattr(fold, measure) for fold in self.folds]))

    def spread(self, measure: str) -> float:
        """Return the standard deviation over the folds (n - 1 below the line) of "accuracy" or "loss"."""
        return float(np.std([getattr(fold, measure) for fold in self.folds], ddof=1))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "cross_validated": True,
            "scored": "each photo by the fold's network that did not learn from it; the ensemble itself on none",
            "fold_accuracy": self.mean("accuracy"),
            "fold_spread": self.spread("accuracy"),
            "fold_loss": self.mean("loss"),
            "fold_loss_spread": self.spread("loss"),
            "folds": [asdict(fold) for fold in self.folds],
            **self.found.as_dict(),
        }


def begin_record(
    folder: RunFolder, settings: Settings, classes: Sequence[str], sizes: Sequence[int], photos: str, command: str | None
) -> None:  # fmt: skip
    """Write run.toml.

    Args:
        folder: of the k-fold training.
        settings: what all folds share.
        classes: their names.
        sizes: photos of each fold.
        photos: a fingerprint of the files.
        command: as it was typed.

    Raises:
        WriteError: the file cannot be written.
    """
    tables: dict[str, Any] = {
        "kind": KFOLD,
        "settings": settings.as_table(),
        "data": {
            "path": str(settings.data.resolve()),
            "classes": list(classes),
            "images": int(sum(sizes)),
            "images_of_folds": list(sizes),
            "fingerprint": photos,
        },
        "environment": environment(settings.device),
    }
    write_tables(folder.settings, tables if command is None else {"command": command, **tables})


def write_kfold(
    folder: RunFolder,
    settings: Settings,
    task: Task,
    outcome: KFoldOutcome,
    part: Part,
    chances: np.ndarray,
    fold_of: np.ndarray,
    skipped: Sequence[tuple[Path, str]],
    ensemble: TrainedModel,
) -> None:
    """Write tables, pictures, page, and the ensemble, its weights last.

    Args:
        folder: of the k-fold training.
        settings: what all folds share.
        task: of them.
        outcome: of the folds.
        part: all readable photos.
        chances: the out-of-fold probabilities (n, classes).
        fold_of: the fold of each photo, from 1, (n,).
        skipped: path and reason of unreadable photos.
        ensemble: the folds' networks as one.

    Raises:
        WriteError: a file cannot be written.
    """
    names = ensemble.class_names
    if skipped:
        write_csv(folder.skipped, ["path", "reason"], skipped)
    task.write_predictions(
        folder.predictions, part.folder.paths, part.labels, chances, names,
        fold=fold_of.tolist(), sha256=content_hashes(part.folder),
    )  # fmt: skip
    results = outcome.as_dict()
    write_json(folder.results, results)
    task.draw(folder.path, part, chances, outcome.found)
    pictures = {
        f"{title}, out of fold": picture_data(folder.path / file) for title, file in task.pictures.items()
    }
    write_page(
        folder.report,
        "kfold.html",
        name=folder.path.name,
        results=results,
        settings=settings.as_table(),
        augmentation=settings.augmentation.describe() or ["none"],
        skipped=skipped,
        pictures={title: data for title, data in pictures.items() if data},
        environment=environment(settings.device),
    )
    first = SeenPhotos.read(RunFolder(folder.folds / "fold-1").seen_photos) or SeenPhotos()
    SeenPhotos.of(part.folder, before=first.before).write(folder.seen_photos)
    model_file.write(folder.model, ensemble)
    model_file.save_weights(ensemble.model.module, folder.best)
    folder.last.unlink(missing_ok=True)  # of a training that is gone on with
    link_or_copy(folder.best, folder.last)
