"""The pre-flight screen: everything a run is about to do, before its first epoch."""

from pathlib import Path

import numpy as np
import torch

from convolens.analysis import contact_sheet
from convolens.analysis.cost.model_cost import ModelCost
from convolens.augmentation import AugmentedBatches
from convolens.data.decoding.blank import what_is_missing
from convolens.data.decoding.decode import image_size, is_turned
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.data.folders.folder import ignored_lines
from convolens.data.folders.names import names_that_differ_by_case
from convolens.data.labels.multi_label import label_text
from convolens.data.prepared import Prepared
from convolens.errors import ArgumentError
from convolens.runs.folder.first_answer_file import KeptAnswer
from convolens.runs.output import events
from convolens.runs.output.screen import Screen, bytes_text
from convolens.runs.preflight.measure import Measurement, expected_seconds
from convolens.runs.settings.options import Settings
from convolens.runs.settings.recipes import RECIPES
from convolens.runs.settings.schedule import rate_of_leg
from convolens.runs.tasks.task_of import task_of

SHOWN_PHOTOS = 36
SHOWN_SKIPPED = 5
AVERAGED_SPANS = 5  # the first weights weigh less than 1 % after so many times the span of the average
LOOKED_AT, MUCH_CUT = 200, 0.3  # photos; share of a photo


def show_data(settings: Settings, prepared: Prepared, screen: Screen) -> None:
    """Print which folder is which, the class table, and what is left out."""
    screen.heading("Data")
    for line in prepared.lines:
        screen.line(f"  {line}")
    training = prepared.training.folder.counts()
    validation = prepared.validation.folder.counts()
    screen.table(
        ["class", "training", "validation"],
        [
            [name, int(a), int(b)]
            for name, a, b in zip(prepared.class_names, training, validation, strict=True)
        ],
        right=(1, 2),
        footer=[
            "photos",
            len(prepared.training),
            len(prepared.validation),
        ],
    )
    if missing := prepared.not_validated():
        screen.warn(f"  validation: no photo of {', '.join(missing)}; their recall cannot be measured")
    if prepared.on_both_sides:
        screen.warn(
            f"  {prepared.on_both_sides:,} of {len(prepared.validation):,} validation photos are training photos too, byte for byte: "
            "scores on what was learnt tell nothing of new photos; take them out of one side."
        )
    if training.max() >= 3 * training.min():
        most, least = int(training.argmax()), int(training.argmin())
        screen.warn(
            f"  {prepared.class_names[most]} has {training[most] / training[least]:.0f} times the photos of "
            f"{prepared.class_names[least]}: look at each class's recall, not only at accuracy"
            + (
                "."
                if not task_of(settings).balances
                else "; --balance takes each class equally often."
                if not settings.balance
                else " (balanced in training)."
            )
        )
    for first, second in names_that_differ_by_case(prepared.class_names):
        screen.warn(f"  Classes {first!r} and {second!r} differ only by upper and lower case; are they one?")
    if prepared.skipped:
        screen.warn(f"  {len(prepared.skipped)} unreadable images are skipped, listed in skipped_images.csv:")
        for path, reason in prepared.skipped[:SHOWN_SKIPPED]:
            screen.warn(f"    {path}: {reason}")
    for line in ignored_lines(prepared.ignored):
        screen.line(f"  {line}")
    if prepared.samples.integers or prepared.samples.floats:
        for line in prepared.samples.describe():
            screen.line(f"  {line}")
    if (said := what_is_missing(prepared.training.pixels)) is not None:
        screen.warn(f"  {said}")
    if settings.resize == "crop":
        _warn_of_crop(prepared, settings.size, screen)
    turned = sum(is_turned(path) for path in prepared.training.folder.paths)
    if turned:
        screen.line(f"  turned upright by their EXIF orientation: {turned} training photos")


def _warn_of_crop(prepared: Prepared, size: tuple[int, int], screen: Screen) -> None:
    """Say which share of each photo `crop` cuts off, where it is much; looks at some photos' headers."""
    paths = prepared.training.folder.paths
    shapes = [found for path in paths[:: max(1, len(paths) // LOOKED_AT)] if (found := image_size(path))]
    wanted = size[1] / size[0]
    lost = [1 - min(wanted / (w / h), (w / h) / wanted) for w, h in shapes]
    if not lost or max(lost) < MUCH_CUT:
        return
    widest, tallest = max(w / h for w, h in shapes), min(w / h for w, h in shapes)
    screen.warn(
        f"  --resize crop cuts up to {max(lost):.0%} off a photo ({np.mean(lost):.0%} on average): proportions are "
        f"{tallest:.2f} to {widest:.2f} (width : height), the network's are {wanted:.2f}; pad keeps everything."
    )


def show_plan(
    settings: Settings,
    preprocessing: Preprocessing,
    cost: ModelCost,
    measurement: Measurement,
    screen: Screen,
    notes: list[str],
) -> None:
    """Print augmentation, preprocessing, what the network costs, and what the run will need."""
    screen.heading("Preprocessing (written into model.json)")
    for line in preprocessing.describe():
        screen.line(f"  {line}")
    screen.heading("Augmentation of the training photos (validation photos are never varied)")
    for line in settings.augmentation.describe() or ["none"]:
        screen.line(f"  {line}")
    screen.heading("Training")
    screen.line(f"  recipe {settings.recipe}: {RECIPES[settings.recipe]['summary']}")
    rate = "up to " if settings.schedule == "one-cycle" else ""
    screen.line(
        f"  {settings.epochs} epochs, batches of {settings.batch_size}, {settings.optimizer}, learning rate "
        f"{rate}{settings.learning_rate:g} ({settings.schedule}), seed {settings.seed}"
    )
    for note in notes:
        screen.line(f"  {note}")
    screen.line(
        f"  {settings.model}: {cost.parameters:,} parameters, {cost.multiply_accumulates:,} multiply-accumulates "
        "an image (1 = 2 FLOPs)"
    )
    speed, an_epoch = measurement.images_per_second, measurement.seconds_per_epoch
    total = sum(expected_seconds(settings, an_epoch).values())
    screen.tell(events.Measurement(speed, an_epoch, total, settings.device, torch.get_num_threads()))
    screen.line(f"  memory about {bytes_text(measurement.memory)}, disk about {bytes_text(measurement.disk)}")


def show_learning_on(
    settings: Settings,
    preprocessing: Preprocessing,
    answer: KeptAnswer,
    steps: int,
    screen: Screen,
    notes: list[str],
) -> None:
    """Print what a run with a first answer is about to do, and why.

    Args:
        settings, preprocessing: of the run, at the size of the first answer.
        answer: the first one.
        steps: batches an epoch.
        screen: where lines go.
        notes: about techniques and cost.
    """
    transfer, told = settings.transfer, answer.told or {}
    if transfer is None:
        return
    screen.heading("Preprocessing (written into model.json)")
    for line in preprocessing.describe():
        screen.line(f"  {line}")
    screen.heading("What follows")
    if told.get("learnt_all"):
        screen.line(
            f"  the head answers with what it learnt from all {told['photos']:,} photos; its figures are of photos that it did not learn from"
        )
    screen.line(f"  {transfer.reason}")
    if not transfer.epochs:
        return
    side, rate = transfer.training_size, rate_of_leg(settings, steps * (transfer.trial_epochs or 0))
    screen.line(
        f"  epochs 1 to {transfer.trial_epochs}: all layers but batch normalisation learn from the training photos at {side} pixels, at "
        f"up to {rate:.2g} in batches of {settings.batch_size}; judged by {settings.monitor} against the first answer"
    )
    if transfer.whole_epochs:
        screen.line(
            f"  epochs {(transfer.trial_epochs or 0) + 1} to {transfer.epochs}: the same from all photos, if that was better"
        )
    for note in notes:
        screen.line(f"  {note}")
    screen.heading("Augmentation of the training photos (validation photos are never varied)")
    for line in settings.augmentation.describe() or ["none"]:
        screen.line(f"  {line}")
    if transfer.by_minutes:
        screen.line(
            f"  planned for {transfer.budget(int(str(told.get('photos', 0)))):g} minutes, up to three times as long on a slow machine (--minutes, --epochs, --head-only)"
        )


def check_accumulation(settings: Settings, steps: int) -> None:
    """Refuse to gather gradients over more batches than there are: no weight would ever change.

    Args:
        settings: of the run.
        steps: batches in all.

    Raises:
        ArgumentError: it asks for that.
    """
    if settings.accumulate > steps:
        raise ArgumentError(
            f"train: --accumulate {settings.accumulate} is more than the {steps:,} batches of the whole training, so that no weight "
            f"would ever change; give --accumulate {max(1, steps // 10)} or less, or train longer."
        )


def technique_notes(settings: Settings, steps: int) -> list[str]:
    """Return lines about averages, clipping, accumulation and precision, where they are on.

    Args:
        settings: of the run.
        steps: batches in all.
    """
    notes = []
    if settings.ema is not None:
        over = 1 / (1 - settings.ema)
        notes.append(
            f"validation, best and last are of averages of the weights over about {over:,.0f} batches (--ema {settings.ema:g})"
        )
        if over > steps / AVERAGED_SPANS:
            fitting = 1 - float(f"{2 * AVERAGED_SPANS / steps:.1g}")
            advice = f"give --ema {fitting:g} or less" if fitting > 0 else "leave --ema out, or train longer"
            notes.append(
                f"that is long for {steps:,} batches in all: the averages will hold on to the first weights; {advice}"
            )
    if settings.clip_norm is not None:
        notes.append(f"gradients are made no longer than {settings.clip_norm:g} (--clip-norm)")
    if settings.accumulate > 1:
        notes.append(
            f"weights are updated every {settings.accumulate} batches, {settings.accumulate * settings.batch_size} photos "
            "(--accumulate)"
        )
    if settings.precision != "float32":
        notes.append(f"training steps compute in {settings.precision}, all else in float32 (--precision)")
    return notes


def draw_first_batch(
    batches: AugmentedBatches, labels: np.ndarray, names: tuple[str, ...], path: Path
) -> None:
    """Draw the first batch as the network will see it, with its labels.

    Args:
        batches: of the training.
        labels: class numbers of the data set (n,), or 0 and 1 (n, classes).
        names: of the classes.
        path: of the PNG.
    """
    x, _ = batches[0]
    shown = x[:SHOWN_PHOTOS] / batches.rescale
    captions = [label_text(labels[i], names) for i in batches.order[: len(shown)]]
    contact_sheet(
        [np.clip(np.rint(image), 0, 255).astype(np.uint8) for image in shown],
        captions,
        path,
        title="The first batch, as the network sees it",
    )
