"""From photos to a first answer: features, heads, how good they are, and whether the layers should learn on from them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from convolens.analysis.measures.calibration import log_loss
from convolens.applications import Pretrained
from convolens.data.caching.content import content_hashes
from convolens.data.prepared import Prepared
from convolens.features.extraction.photo_features import photo_features
from convolens.features.learners.ridge import Ridge, fit_ridge
from convolens.initializers import undrawn
from convolens.models import Model
from convolens.runs.folder.first_answer_file import Head, KeptAnswer
from convolens.runs.output import events
from convolens.runs.output.screen import Screen
from convolens.runs.preflight.measure import measure
from convolens.runs.preflight.threads import choose_threads
from convolens.runs.preparation.prepare import resized, units_of_sides
from convolens.runs.settings.options import Settings
from convolens.runs.tasks.task import Task
from convolens.runs.tasks.task_of import task_of
from convolens.runs.training.first_weights import begin_with
from convolens.runs.training.learnt_network import features_tap, freeze_normalization
from convolens.runs.training.making import make_batches, model_maker, steps_an_epoch
from convolens.runs.transfer.evidence import worth_trying
from convolens.runs.transfer.first_answer import FirstAnswer, first_answer
from convolens.runs.transfer.plan import AGAIN_MOST, REFIT_MOST, Pace, plan, seconds_of_legs

UNEQUAL = 3  # times the photos of the rarest class, from which on each class is taken equally often


@dataclass(frozen=True)
class Sides:
    """The features of both sides' photos, at one size.

    Attributes:
        training, validation: float32 (n, d).
    """

    training: np.ndarray
    validation: np.ndarray


def learns_all(settings: Settings, prepared: Prepared) -> bool:
    """Return whether a run's answer may learn from its validation photos too, once they have judged it.

    Not where somebody chose them (a folder, a fold), where their labels tune thresholds, or where there are so many photos
    that they are not missed.
    """
    apart = bool(prepared.validation_apart) or settings.kfold is not None or task_of(settings).tunes
    return not apart and len(prepared.training) + len(prepared.validation) <= REFIT_MOST


def learnt_model(settings: Settings, prepared: Prepared, first: Pretrained) -> Model:
    """Return the run's network with the learnt weights and a head of zeros, batch normalisation frozen."""
    with undrawn():
        model = model_maker(settings, prepared)()
    begin_with(model, settings, first)
    freeze_normalization(model)
    return model


def features_of_sides(
    model: Model, settings: Settings, prepared: Prepared, screen: Screen, title: str
) -> Sides:
    """Return the features of both sides, computed or read."""
    tap, preprocessing = features_tap(model), settings.shown(prepared.samples)
    found = []
    for part, side in ((prepared.training, "training"), (prepared.validation, "validation")):
        with screen.progress(f"{title} of the {side} photos") as advance:
            found.append(
                photo_features(
                    model.module,
                    tap,
                    part.pixels,
                    content_hashes(part.folder),
                    preprocessing,
                    part.folder.root,
                    advance,
                )
            )
    return Sides(*found)


def at_training_size(settings: Settings, prepared: Prepared, screen: Screen) -> tuple[Settings, Prepared]:
    """Return settings and photos as the layers learn from them: smaller."""
    if settings.transfer is None or settings.size[0] == settings.transfer.training_size:
        return settings, prepared
    size = (settings.transfer.training_size, settings.transfer.training_size)
    return replace(settings, size=size), resized(prepared, settings, size, screen)


def answer_first(
    settings: Settings, prepared: Prepared, model: Model, screen: Screen, began: float, folds: bool = True
) -> FirstAnswer:
    """Compute features, fit the heads, and say how good they are and after how long; `folds` as of `first_answer`."""
    sides = features_of_sides(model, settings, prepared, screen, "features")
    task = task_of(settings)
    answer = first_answer(
        task,
        sides.training,
        sides.validation,
        prepared.training.labels,
        prepared.validation.labels,
        len(prepared.class_names),
        units_of_sides(settings, prepared),
        learns_all(settings, prepared),
        folds,
    )
    seconds = time.perf_counter() - began
    screen.tell(told_of(answer, measures_of(task, answer, prepared), task.accuracy_of, seconds))
    return answer


def told_of(
    answer: FirstAnswer, measures: dict[str, float], accuracy_of: str, seconds: float
) -> events.FirstAnswer:
    """Return the event that tells the first answer; see `Task.accuracy_of`."""
    on = accuracy_of.format(f"{len(answer.chances):,} validation photos")
    told = events.FirstAnswer(seconds, measures["val_accuracy"], on)
    crossed = answer.cross_validation
    if crossed is None:
        return told
    return replace(
        told, folds=len(crossed.accuracies), photos=answer.photos_in_all, mean=crossed.mean, spread=crossed.spread
    )  # fmt: skip


def measures_of(task: Task, answer: FirstAnswer, prepared: Prepared) -> dict[str, float]:
    """Return loss and accuracy, of training photos left out one by one and of the validation photos."""
    left_out = task.of_logits(answer.scored.left_out)
    (loss, accuracy), (val_loss, val_accuracy) = (
        (log_loss(*task.choices(chances, part.labels)), 1 - float(task.wrong(chances, part.labels).mean()))
        for chances, part in ((left_out, prepared.training), (answer.chances, prepared.validation))
    )
    return {"loss": loss, "accuracy": accuracy, "val_loss": val_loss, "val_accuracy": val_accuracy}


def decide(
    settings: Settings,
    prepared: Prepared,
    first: Pretrained,
    answer: FirstAnswer,
    screen: Screen,
    began: float,
    asked: int | None,
) -> tuple[Settings, dict[str, float]]:
    """Return the settings with the epochs in which layers learn, and why so many; and the seconds that these need, where measured.

    Args:
        settings, prepared: of the run, at the size of the first answer.
        first: the learnt weights.
        answer: the first one.
        screen: where bars go.
        began: when the command was typed, `time.perf_counter`.
        asked: epochs of the trial that the user wants; None leaves it to the minutes.
    """
    transfer = settings.transfer
    if transfer is None:
        return settings, {}
    seconds: dict[str, float] = {}
    try_it, reason = worth_trying(
        answer.wrong, answer.photos, answer.error, len(prepared.validation), answer.how
    )
    if transfer.head_only:
        transfer = replace(transfer, trial_epochs=0, reason="--head-only")
    elif asked is None and not try_it:
        transfer = replace(transfer, trial_epochs=0, reason=reason)
    else:
        reason = reason if try_it else "--epochs asks for it"
        smaller, photos = at_training_size(settings, prepared, screen)
        threads, line = choose_threads(
            smaller,
            lambda: learnt_model(smaller, photos, first),
            lambda model: make_batches(smaller, photos, model, training=True),
            screen.check_cancelled,
        )
        screen.line(line)
        settings, smaller = replace(settings, threads=threads), replace(smaller, threads=threads)
        # where the epochs are asked for, nothing hangs on the speed
        pace = Pace(0.0, 0.0, 0.0) if asked is not None else _pace(smaller, photos, first, screen, began)
        count = len(photos.training) + len(photos.validation)
        again = learns_all(settings, prepared) and count <= AGAIN_MOST
        steps = steps_an_epoch(smaller, photos)
        transfer = plan(replace(transfer, reason=reason), steps, count, pace, again, asked)
        seconds = seconds_of_legs(transfer, steps, pace)
    return replace(settings, transfer=transfer, epochs=transfer.epochs), seconds


def _pace(settings: Settings, prepared: Prepared, first: Pretrained, screen: Screen, began: float) -> Pace:
    model = learnt_model(settings, prepared, first)
    batches = make_batches(settings, prepared, model, training=True)
    found = measure(lambda: model, batches, len(prepared.validation), settings, screen.check_cancelled)
    step = settings.batch_size / found.images_per_second
    validation = found.seconds_per_epoch - step * len(batches)
    return Pace(time.perf_counter() - began, step, max(0.0, validation))


def kept_answer(
    settings: Settings, prepared: Prepared, model: Model, answer: FirstAnswer, screen: Screen
) -> KeptAnswer:
    """Return what the run keeps of its first answer; with the heads that the layers learn from, where they do."""
    trial = whole = None
    if settings.epochs:
        sides = features_of_sides(model, settings, prepared, screen, f"features at {settings.size[0]} pixels")
        labels, classes = prepared.training.labels, len(prepared.class_names)
        trial = _head(fit_ridge(sides.training, labels, classes))
        if settings.transfer is not None and settings.transfer.whole_epochs:
            both = np.concatenate([sides.training, sides.validation])
            whole = _head(fit_ridge(both, np.concatenate([labels, prepared.validation.labels]), classes))
    return KeptAnswer(
        _head(answer.kept),
        answer.chances,
        measures_of(task_of(settings), answer, prepared),
        trial,
        whole,
        _told(answer),
        answer.own,
    )


def _head(ridge: Ridge) -> Head:
    return ridge.kernel.astype(np.float32), ridge.bias.astype(np.float32)


def _told(answer: FirstAnswer) -> dict[str, object]:
    crossed = answer.cross_validation
    told: dict[str, object] = {
        "learnt_all": answer.whole is not None,
        "wrong": answer.wrong,
        "photos": answer.photos,
        "error": answer.error,
        "how": answer.how,
        "strength": answer.kept.strength,
        "scale": answer.kept.scale,
    }
    if crossed is not None:
        told["cross_validated"] = {
            "folds": len(crossed.accuracies),
            "accuracy": crossed.mean,
            "spread": crossed.spread,
            "photos": len(crossed.logits),
        }
    return told


def unequal(counts: Sequence[int]) -> bool:
    """Return whether some class has so many more photos than another that each should be taken equally often.

    Example:
        >>> unequal([10, 12]), unequal([10, 5000])
        (False, True)
    """
    return max(counts) >= UNEQUAL * max(1, min(counts))
