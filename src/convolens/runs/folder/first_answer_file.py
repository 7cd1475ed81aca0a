"""first_answer.safetensors and held_out.safetensors of a run: its heads, and what was said of photos not learnt from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from convolens.checkpoints import tensors
from convolens.errors import CheckpointError
from convolens.runs.folder.record import Record
from convolens.runs.folder.run_folder import RunFolder

_CHANCES = "chances"  # in both files
Head = tuple[np.ndarray, np.ndarray]  # kernel (features, classes), bias (classes,)


@dataclass(frozen=True)
class KeptAnswer:
    """What is kept of a first answer, enough to go on from it to the same bits.

    Attributes:
        head: that the run answers with.
        chances: float32 (validation, classes), by the head that learnt from the training photos alone.
        measures: loss, accuracy (of training photos left out one by one), val_loss, val_accuracy.
        trial, whole: heads on features of the training's size, from which the layers learn: of the training photos, and of all.
        told: further numbers and texts for the report.
        own: what the head that the run answers with says of the validation photos, like `chances`; not written, so that a run that
            goes on asks its network again.
    """

    head: Head
    chances: np.ndarray
    measures: Mapping[str, float]
    trial: Head | None = None
    whole: Head | None = None
    told: Mapping[str, Any] | None = None
    own: np.ndarray | None = None

    @property
    def error(self) -> float:
        """Share of wrong answers to photos that were left out."""
        return float((self.told or {}).get("error", 1 - self.measures["accuracy"]))

    def write(self, path: Path) -> None:
        """Write the file.

        Raises:
            WriteError: it cannot be written.
        """
        arrays = {_CHANCES: self.chances}
        for name, head in (("head", self.head), ("trial", self.trial), ("whole", self.whole)):
            if head is not None:
                arrays |= {f"{name}.kernel": head[0], f"{name}.bias": head[1]}
        texts = {
            "format": "pt",
            "answer": json.dumps({"measures": dict(self.measures), "told": dict(self.told or {})}),
        }
        tensors.write(
            path,
            {
                name: torch.from_numpy(np.ascontiguousarray(array, np.float32))
                for name, array in arrays.items()
            },
            texts,
        )

    @classmethod
    def read(cls, path: Path) -> "KeptAnswer | None":
        """Return what a file holds; None where there is none yet.

        Raises:
            CheckpointError: it is damaged.
        """
        if not path.is_file():
            return None
        arrays, texts = tensors.map_arrays(path)
        heads = {
            name: (np.array(arrays[f"{name}.kernel"]), np.array(arrays[f"{name}.bias"]))
            for name in ("head", "trial", "whole")
            if f"{name}.kernel" in arrays and f"{name}.bias" in arrays
        }
        try:
            said = json.loads(texts["answer"])
            measures = {str(name): float(value) for name, value in said["measures"].items()}
            return cls(
                heads["head"],
                np.array(arrays[_CHANCES]),
                measures,
                heads.get("trial"),
                heads.get("whole"),
                dict(said["told"]),
            )
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise CheckpointError(
                f"{path}: incomplete or of another version ({error!r}); train anew, the features are kept."
            ) from error


def held_out_chances(folder: RunFolder, record: Record) -> np.ndarray | None:
    """Return what is known of a run's validation photos by weights that did not learn from them, where its best weights did.

    Args:
        folder: of the run.
        record: its own.

    Raises:
        CheckpointError: a file of the run is damaged.

    Returns:
        float32 (validation, classes); None where the best weights themselves have not seen these photos.
    """
    kept = KeptAnswer.read(folder.first_answer)
    if kept is None:
        return None
    try:
        best = json.loads(folder.results.read_text(encoding="utf-8"))["best_epoch"]
    except (OSError, ValueError, LookupError, TypeError):
        best = 0
    if best == 0:
        return kept.chances
    transfer = record.options().transfer
    whole = transfer is not None and best is not None and best > (transfer.trial_epochs or 0)
    return read_held_out(folder) if whole else None


def read_held_out(folder: RunFolder) -> np.ndarray | None:
    """Return what a trial said of the validation photos before the run learnt from them; None where it did not.

    Raises:
        CheckpointError: the file is damaged.
    """
    if not folder.held_out.is_file():
        return None
    return np.array(tensors.read(folder.held_out)[_CHANCES].numpy())


def write_held_out(folder: RunFolder, chances: np.ndarray) -> None:
    """Write what a trial says of the validation photos, float32 (validation, classes), before the run learns from them.

    Raises:
        WriteError: the file cannot be written.
    """
    tensors.write(folder.held_out, {_CHANCES: torch.from_numpy(np.ascontiguousarray(chances))})
