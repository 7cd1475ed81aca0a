"""Branching: a new run that begins with the weights of another, with something changed."""

from dataclasses import dataclass, replace
from typing import Any

import torch

from convolens.applications import Normalization
from convolens.applications.parts.matching import has_unit_features
from convolens.data.folders.names import Spellings
from convolens.errors import DataError, ShapeError
from convolens.files.atomic import digest_of
from convolens.models import Model
from convolens.options.training import TrainOptions
from convolens.runs.folder import model_file
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.record import read_record
from convolens.runs.folder.run_folder import RunFolder


@dataclass(frozen=True)
class Parent:
    """The run that another one begins from.

    Attributes:
        folder: of the run.
        select: "best" or "last".
        trained: its network, with these weights.
    """

    folder: RunFolder
    select: str
    trained: TrainedModel

    def as_table(self) -> dict[str, Any]:
        """Return what run.toml keeps of it."""
        return {
            "path": str(self.folder.path.resolve()),
            "select": self.select,
            "weights_sha256": digest_of(self.folder.weights(self.select)),
            "fingerprint": read_record(self.folder).fingerprint,
            "classes": list(self.trained.class_names),
        }


def read_parent(options: TrainOptions) -> tuple[TrainOptions, Parent | None]:
    """Return the run to branch from, if one is asked for, and the options with its architecture and preprocessing.

    What the options say themselves stays.

    Raises:
        MissingFileError, CheckpointError: no such run, or a damaged one.
    """
    if options.branch_from is None:
        return options, None
    folder = RunFolder.open(options.branch_from)
    read_record(folder).check_single(f"branch from one of its folds, {folder.folds / 'fold-1'}")
    trained = model_file.load(folder, folder.weights(options.select))
    if trained.multi_label != (options.labels is not None or bool(options.multi_label)):
        kinds = ("one class", "any number of labels")
        raise DataError(
            f"train: {folder.path} gives a photo {kinds[trained.multi_label]}, the new run {kinds[not trained.multi_label]}, so "
            f"its outputs mean something else; begin with its weights by --weights {folder.path}."
        )
    before = trained.preprocessing
    taken: dict[str, Any] = {
        "model": trained.name,
        "size": before.size[0],
        "color_mode": before.color_mode,
        "interpolation": before.interpolation,
        "resize": before.resize,
    }
    normalization = Normalization.of(trained.model)
    if normalization is not None:
        taken |= {"mean": normalization.mean, "std": normalization.std}
    missing = {name: value for name, value in taken.items() if getattr(options, name) is None}
    return replace(options, **missing), Parent(folder, options.select, trained)


def adopt(model: Model, class_names: tuple[str, ...], parent: Parent, head: str = "names") -> list[str]:
    """Give a new network the parent's weights, and its outputs for the classes that both know; return lines that say so.

    A class that is new keeps its fresh output, one that is gone is left out. One sigmoid is the softmax of its output
    and zero, so two classes become more and the other way round without a change of what was learnt.

    Args:
        model: new, its weights drawn.
        class_names: in the order of its outputs.
        parent: what it begins with.
        head: "names" as said above; "new" leaves every output fresh; "keep" wants the same classes.

    Raises:
        ShapeError: another architecture or size. DataError: other classes, where they must be the same.
    """
    mine, theirs = model.module.state_dict(), parent.trained.model.module.state_dict()
    *body, weight, bias = mine
    spelt = Spellings(parent.trained.class_names)
    class_names = tuple(spelt.find(name) or name for name in class_names)
    if head == "keep" and set(class_names) != set(parent.trained.class_names):
        raise _other_classes(class_names, parent)
    # auxiliary classifiers of the parent may be left behind
    if list(mine) != [name for name in theirs if name in mine] or any(
        mine[name].shape != theirs[name].shape for name in body
    ):
        name = next(
            (n for n in body if n not in theirs or mine[n].shape != theirs[n].shape), "the order of layers"
        )
        raise ShapeError(
            f"train: the weights of {parent.folder.path} do not fit ({name} differs): a run branches from one of the same "
            "--model, --size and --color-mode; leave them out to take the parent's."
        )
    for name in body:
        mine[name].copy_(theirs[name])
    if head != "new" and has_unit_features(parent.trained.model) and not has_unit_features(model):
        return [
            f"weights: {parent.select} of {parent.folder.path}; its last layer reads features of length 1, which are none here, "
            "so the last layer begins fresh"
        ]
    if head == "new":
        return [f"weights: {parent.select} of {parent.folder.path}; the last layer begins fresh"]
    old, new = parent.trained.class_names, class_names
    before = torch.cat([theirs[weight], theirs[bias][:, None]], dim=1)  # (units, inputs + 1)
    # (classes, inputs + 1)
    rows = torch.cat([torch.zeros_like(before), before]) if len(before) == 1 else before
    known = [name for name in new if name in old]
    fresh = torch.cat([mine[weight], mine[bias][:, None]], dim=1)
    if len(fresh) == 1:
        if len(known) == 2:
            fresh = (rows[old.index(new[1])] - rows[old.index(new[0])])[None]
    else:
        for place, name in enumerate(new):
            if name in old:
                fresh[place] = rows[old.index(name)]
    mine[weight].copy_(fresh[:, :-1])
    mine[bias].copy_(fresh[:, -1])
    added, gone = [n for n in new if n not in old], [n for n in old if n not in new]
    lines = [f"weights: {parent.select} of {parent.folder.path}"]
    if added or gone:
        kept = f"the outputs of {', '.join(known) or 'no class'} are kept"
        lines.append(
            kept
            + (f"; new: {', '.join(added)}" if added else "")
            + (f"; gone: {', '.join(gone)}" if gone else "")
        )
    return lines


def _other_classes(names: tuple[str, ...], parent: Parent) -> DataError:
    """Return the error that names the classes in which photos and network differ."""
    theirs = parent.trained.class_names
    parts = (("only the photos have", names, theirs), ("only the run has", theirs, names))
    said = [
        f"{words} {', '.join(name for name in some if name not in others)}"
        for words, some, others in parts
        if not set(some) <= set(others)
    ]
    return DataError(
        f"finetune: the classes of the photos are not those of {parent.folder.path}: {'; '.join(said)}. Rename the folders, or "
        "leave --head keep out: outputs of classes that both know are kept by name then."
    )
