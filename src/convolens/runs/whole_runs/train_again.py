"""train_again: the head of a run learnt anew, in seconds, from features that are kept: after labels were put right, say."""

import time
from dataclasses import replace
from pathlib import Path

from convolens.errors import ArgumentError, ConvolensError
from convolens.files.plain_json import read
from convolens.options.training import TrainOptions
from convolens.options.transfer import Transfer
from convolens.runs.answers.run_photos import check_there
from convolens.runs.folder import model_file
from convolens.runs.folder.record import PROBE, read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.places import check_outside, check_writable
from convolens.runs.output.screen import Cancel, Screen
from convolens.runs.preflight.threads import threads_put_back
from convolens.runs.preparation.prepare import layout_of, photo_folders, prepare
from convolens.runs.settings.options import resolve
from convolens.runs.training.first_weights import find_first
from convolens.runs.training.outcome import TrainResult
from convolens.runs.transfer.choice import RECIPE
from convolens.runs.whole_runs.train_on import Asked, train_on


@threads_put_back()
def train_again(
    run: Path,
    out: Path,
    screen: Screen | None = None,
    cancel: Cancel | None = None,
    command: str | None = None,
) -> TrainResult:
    """Learn the head of a run anew from the photos that lie in its folder now, and write another run.

    It is the first answer of `train`: of a run that stayed with its own the same over again, of any other by what its own network
    makes of the photos. Where these features are kept, which they are by the photos' content, it takes seconds, whatever folders the
    photos lie in now. The answer is not cross-validated, no photo is scored again from its file, and no pictures are drawn.

    Args:
        run: the folder of the run whose network looks at the photos.
        out: of the new one; a name that is taken gets a suffix.
        screen: where lines go; None is the terminal.
        cancel: a `threading.Event` that ends the work.
        command: as it was typed, for the record.

    Raises:
        MissingFileError: no such run, or its photos are gone. ArgumentError: a run of `probe` or `--kfold`, which has no such head.
        ConvolensError: others of `train`; nothing was written.
    """
    began = time.perf_counter()
    screen = (screen or Screen()).cancelled_by(cancel)
    folder = RunFolder.open(run)
    settings = resolve(replace(again_options(folder), out=out, command=command))
    check_writable(out)
    check_outside(out, *photo_folders(settings), layout_of(settings).test)
    settings, first = find_first(settings)
    if first is None:
        raise ArgumentError(
            f"{run}: names no weights to begin with, so there is nothing to learn a head from."
        )
    prepared = prepare(settings, screen, model_file.samples_of(folder))
    asked = Asked(None, None, command, began, brief=True)
    return train_on(settings, prepared, first, out, asked, screen)


def again_options(folder: RunFolder) -> TrainOptions:
    """Return what is asked of a training that learns the head of a run anew.

    Args:
        folder: of the run.

    Raises:
        MissingFileError, CheckpointError: of the run, or its photos are gone. ArgumentError: a run without such a head.
    """
    record = read_record(folder, probes=True)
    if record.tables.get("kind") == PROBE:
        raise ArgumentError(
            f"{folder.path}: is a probe, whose learner is no head that can be learnt anew; probe the photos again, or train."
        )
    record.check_single("learn one of its folds anew, or train again with --kfold")
    options = replace(record.options(), data=Path(str(record.tables["data"]["path"])))
    check_there(options, "the studio's folder")
    stays = options.transfer is not None and _best_epoch(folder) in (0, None)
    size = model_file.load(folder).preprocessing.size[0] if not stays else options.size
    return replace(
        options,
        size=size,
        weights=options.weights if stays else str(folder.path.resolve()),
        recipe=RECIPE,
        epochs=0,
        finetuning=None,
        transfer=Transfer(head_only=True, training_size=int(size or 0)),
    )


def _best_epoch(folder: RunFolder) -> int | None:
    try:
        best = read(folder.results).get("best_epoch")
    except (ConvolensError, AttributeError):
        return None
    return best if isinstance(best, int) else None
