"""TrainOptions: everything that can be asked of a training run, and the settings that follow from it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from convolens import optimizers
from convolens.applications import find_architecture
from convolens.applications.pretrained import usual_interpolation
from convolens.arguments import integer, look_up, number_in, one_of, refuse_unknown
from convolens.augmentation import Augmentation
from convolens.data.decode import CHANNELS, MAX_PIXELS, RESIZES
from convolens.errors import ArgumentError
from convolens.runs.settings.fine_tuning import FineTuning
from convolens.runs.settings.recipes import RECIPES
from convolens.runs.settings.transfer import Transfer
from convolens.training.device import find_device
from convolens.training.precision import PRECISIONS

KEPT_STATES = 2
VALIDATION_SPLIT = 0.2

MONITORS = {"val_loss": "min", "val_accuracy": "max", "loss": "min", "accuracy": "max"}
INTERPOLATIONS = ("bilinear", "nearest", "bicubic", "lanczos")


@dataclass(frozen=True)
class TrainOptions:
    """What a user asks for; None means "what the recipe or the model says".

    Args:
        data: a folder of class folders, or one that holds `train` (and `val`, `test`).
        validation: a folder of class folders to validate on.
        validation_split: share of the photos kept for validation where there is no such folder, in (0, 1); None is 0.2.
        labels: a CSV file with any number of labels a photo (see `data.read_label_table`); `data` is then a folder of photos.
        multi_label: True makes photos that lie in several class folders one photo each, with several labels.
        group_by: a regular expression or a CSV file that says which photos belong together.
        model: a name of `convolens.applications`, or "timm:NAME"; None is "shallow-vgg".
        weights: what the network begins with: "imagenet", a file, or a run folder; None begins fresh.
        mean, std: of each channel, of values in 0..1: the network's first layer normalises by them. `weights` and `branch_from`
            set them.
        size: rows and columns of the network's input, in pixels.
        color_mode: "rgb", "grayscale" or "rgba"; None is "rgb".
        interpolation: how photos are resized; None is as for those that `weights` were learnt from, else "bilinear".
        resize: "squash", "crop" or "pad": what happens to photos of other proportions; None is "squash".
        recipe: a name of `RECIPES`.
        epochs, batch_size, optimizer, learning_rate: override the recipe.
        augment: False drops the recipe's augmentation.
        augmentation: fields of `Augmentation` that override the recipe's.
        ema: in (0, 1); the weights are averaged with this momentum, and validation, best and last are of the averages.
        clip_norm: the gradients together are made no longer than this (their L2 norm).
        accumulate: the weights are updated once in so many batches, by the mean of their gradients.
        precision: of the training steps: "float32", "bfloat16" or "float16".
        balance: True takes each class equally often in training, however rare.
        seed: of weights, order, augmentation and dropout.
        monitor: what makes an epoch the best: "val_loss", "val_accuracy", "loss" or "accuracy".
        patience: the training ends after so many epochs without a better `monitor`; None runs to the last epoch.
        strict: True refuses the data set if any image is unreadable.
        device: "auto" (cuda, else mps, else cpu), "cpu", "mps", "cuda", or one GPU as "cuda:1" or "1".
        threads: of torch while the run lasts; None tries one against all (as many as torch has) and takes the faster.
        out: the run folder; None is runs/NAME, NAME from the data folder.
        command: the command line, for the record.
        checkpoint_steps, checkpoint_minutes: a state is written within an epoch too, after so many steps or minutes.
        keep: how many states stay.
        resume: True goes on with a run of the same settings and photos in `out`, if there is one.
        branch_from: a run whose weights, classes' outputs and preprocessing the new run begins with.
        select: "best" or "last", which of its weights.
        max_seconds: the training ends at the first step after so many seconds of training; infinity only counts them.
        max_operations: the same of multiply-accumulates of training (see `runs.training.budget`).
            Where a limit is given and no `epochs`, as many epochs are planned as it is expected to last.
        schedule_epochs: how many epochs the learning rate's schedule is made for, a fraction too; None is `epochs`.
        finetuning: the stages of a run that begins with a learnt network (see `runs.finetune`); None trains all from the
            first step on.
        from_scratch: begin with nothing learnt, whatever the photos are.
        head_only, minutes: of a run that begins with a learnt network, see `runs.transfer`.
        transfer: how such a run goes on; chosen by `runs.transfer.choice`.
        kfold: the photos are parted into so many folds, by content; for `runs.kfold`.
        fold: from 1, which of them a run validates on; it learns from the others.

    Example:
        >>> TrainOptions(Path("photos"), epochs=3).recipe
        'fast'
    """

    data: Path
    validation: Path | None = None
    validation_split: float | None = None
    group_by: str | None = None
    labels: Path | None = None
    multi_label: bool | None = None
    model: str | None = None
    weights: str | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    size: int | None = None
    color_mode: str | None = None
    interpolation: str | None = None
    resize: str | None = None
    recipe: str = "fast"
    epochs: int | None = None
    batch_size: int | None = None
    optimizer: str | None = None
    learning_rate: float | None = None
    augment: bool = True
    augmentation: Mapping[str, Any] = field(default_factory=dict)
    ema: float | None = None
    clip_norm: float | None = None
    accumulate: int = 1
    precision: str = "float32"
    balance: bool = False
    seed: int = 0
    monitor: str = "val_loss"
    patience: int | None = None
    strict: bool = False
    device: str = "auto"
    threads: int | None = None
    out: Path | None = None
    command: str | None = None
    checkpoint_steps: int | None = None
    checkpoint_minutes: float | None = None
    keep: int = KEPT_STATES
    resume: bool = False
    branch_from: Path | None = None
    select: str = "best"
    max_seconds: float | None = None
    max_operations: float | None = None
    schedule_epochs: float | None = None
    finetuning: FineTuning | None = None
    from_scratch: bool = False
    head_only: bool = False
    minutes: float | None = None
    transfer: Transfer | None = None
    kfold: int | None = None
    fold: int | None = None


@dataclass(frozen=True)
class Settings:
    """The effective settings of a run: nothing is left open, everything is checked."""

    data: Path
    validation: Path | None
    validation_split: float
    group_by: str | None
    labels: Path | None
    multi_label: bool | None  # True or None, which run.toml leaves out
    model: str
    weights: str | None
    mean: tuple[float, ...] | None
    std: tuple[float, ...] | None
    size: tuple[int, int]
    color_mode: str
    interpolation: str
    resize: str
    recipe: str
    epochs: int
    batch_size: int
    optimizer: str
    schedule: str
    learning_rate: float
    augmentation: Augmentation
    ema: float | None
    clip_norm: float | None
    accumulate: int
    precision: str
    balance: bool
    seed: int
    monitor: str
    patience: int | None
    strict: bool
    device: str
    threads: int | None
    checkpoint_steps: int | None
    checkpoint_minutes: float | None
    keep: int
    max_seconds: float | None
    max_operations: float | None
    schedule_epochs: float | None
    finetuning: FineTuning | None
    transfer: Transfer | None
    kfold: int | None
    fold: int | None

    @property
    def monitor_mode(self) -> str:
        """ "min" or "max": which values of the monitored measure are better."""
        return MONITORS[self.monitor]

    @property
    def optimizer_options(self) -> dict[str, Any]:
        """Return what the optimizer is made with, in Keras' words."""
        averages = {} if self.ema is None else {"use_ema": True, "ema_momentum": self.ema}
        groups = {"gradient_accumulation_steps": self.accumulate} if self.accumulate > 1 else {}
        return {"global_clipnorm": self.clip_norm, **averages, **groups}

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(rows, columns, channels) of the network's input."""
        return (*self.size, CHANNELS[self.color_mode])

    def as_table(self) -> dict[str, Any]:
        """Return the settings as plain values, None left out, for `run.toml`."""
        table = {item.name: getattr(self, item.name) for item in fields(self)}
        if self.finetuning is not None:
            table["finetuning"] = self.finetuning.as_table()
        if self.transfer is not None:
            table["transfer"] = self.transfer.as_table()
        table["augmentation"] = {
            key: value for key, value in asdict(self.augmentation).items() if value is not None
        }
        if self.kfold is not None:  # nothing else is split
            table["validation_split"] = None
        return {
            key: str(value.absolute())
            if isinstance(value, Path)
            else list(value)
            if isinstance(value, tuple)
            else value
            for key, value in table.items()
            if value is not None
        }


def resolve(options: TrainOptions) -> Settings:
    """Return the effective settings.

    Raises:
        UnknownNameError: a recipe, model, optimizer or measure that is not known; the nearest is offered.
        ArgumentError: a value out of range.
    """
    where = "train"
    recipe = look_up(where, "recipe", options.recipe, RECIPES)
    architecture = find_architecture(where, _either(options.model, "shallow-vgg"))
    if options.weights is not None and options.branch_from is not None:
        raise ArgumentError("train: --weights and --branch-from both say what to begin with; leave one out.")
    one_of(where, "monitor", options.monitor, list(MONITORS))
    interpolation = options.interpolation
    if interpolation is None:
        interpolation = usual_interpolation(options.weights, architecture.name) or "bilinear"
    one_of(where, "interpolation", interpolation, INTERPOLATIONS)
    resize = one_of(where, "resize", _either(options.resize, "squash"), RESIZES)
    color_mode = one_of(where, "color_mode", _either(options.color_mode, "rgb"), list(CHANNELS))
    share = float(_either(options.validation_split, VALIDATION_SPLIT))
    number_in(where, "validation_split", share, 0.0, 1.0, open_high=True)
    if options.validation is None and share == 0:
        raise ArgumentError(
            "train: validation_split must be above 0; without validation photos nobody knows what was learnt."
        )
    optimizer = (options.optimizer or recipe["optimizer"]).casefold()
    rate = options.learning_rate
    if rate is None:
        own = optimizers.get(optimizer).learning_rate
        rate = recipe["learning_rate"] if optimizer == recipe["optimizer"] else own
    else:
        optimizers.get(optimizer)
    size = integer(where, "size", options.size, minimum=8) if options.size is not None else architecture.size
    if size * size > MAX_PIXELS:
        raise ArgumentError(f"train: size {size} is more than an image may have ({MAX_PIXELS:,} pixels).")
    # a first answer that stays has none
    epochs = integer(
        where, "epochs", _either(options.epochs, recipe["epochs"]), minimum=0 if options.transfer else 1
    )
    return Settings(
        data=options.data,
        validation=options.validation,
        validation_split=share,
        group_by=options.group_by,
        labels=None if options.labels is None else Path(options.labels),
        multi_label=_several_labels(options),
        model=architecture.name,
        weights=_weights(options.weights),
        mean=options.mean,
        std=options.std,
        size=(size, size),
        color_mode=color_mode,
        interpolation=interpolation,
        resize=resize,
        recipe=options.recipe,
        epochs=epochs,
        batch_size=integer(where, "batch_size", _either(options.batch_size, recipe["batch_size"])),
        optimizer=optimizer,
        schedule=recipe["schedule"],
        learning_rate=number_in(where, "learning_rate", rate, 0.0, float("inf"), open_high=True),
        augmentation=_augmentation(recipe["augmentation"] if options.augment else {}, options.augmentation),
        seed=_seed(options.seed),
        ema=_within("ema", options.ema, 1.0),
        clip_norm=_within("clip_norm", options.clip_norm, float("inf")),
        accumulate=integer(where, "accumulate", options.accumulate),
        precision=one_of(where, "precision", options.precision, tuple(PRECISIONS)),
        balance=bool(options.balance),
        monitor=options.monitor,
        patience=_count("patience", options.patience),
        strict=options.strict,
        device=find_device(where, options.device),
        threads=_count("threads", options.threads),
        checkpoint_steps=_count("checkpoint_steps", options.checkpoint_steps),
        checkpoint_minutes=None
        if options.checkpoint_minutes is None
        else number_in(where, "checkpoint_minutes", options.checkpoint_minutes, 0.0, float("inf")),
        keep=integer(where, "keep", options.keep),
        max_seconds=_limit("max_seconds", options.max_seconds),
        max_operations=_limit("max_operations", options.max_operations),
        schedule_epochs=_limit("schedule_epochs", options.schedule_epochs),
        finetuning=None if options.finetuning is None else options.finetuning.within(epochs),
        transfer=None if options.transfer is None else options.transfer.checked(),
        kfold=None if options.kfold is None else integer(where, "kfold", options.kfold, minimum=2),
        fold=_fold(options),
    )


def _several_labels(options: TrainOptions) -> bool | None:
    """Return True where photos have any number of labels, else None."""
    if options.labels is None and not options.multi_label:
        return None
    asked = "--multi-label" if options.labels is None else "--labels"
    if options.balance:
        raise ArgumentError(
            f"train: --balance takes each class equally often, which photos of several classes cannot do; leave it or {asked} out."
        )
    if options.labels is not None and options.validation is not None:
        raise ArgumentError(
            "train: --labels names photos of DATA, a part of which is kept for validation (--val-split); leave --val out."
        )
    return True


def _fold(options: TrainOptions) -> int | None:
    if options.fold is None:
        return None
    if options.kfold is None:
        raise ArgumentError(f"train: fold {options.fold} of how many? Give kfold too.")
    fold = integer("train", "fold", options.fold)
    if fold > options.kfold:
        raise ArgumentError(f"train: there is no fold {fold} of {options.kfold}; they are counted from 1.")
    return fold


def _weights(given: str | None) -> str | None:
    """Return a path as one that is true from every folder; words stay."""
    path = None if given is None else Path(given)
    return given if path is None or not path.exists() else str(path.absolute())


def _count(name: str, given: int | None) -> int | None:
    return None if given is None else integer("train", name, given)


def _limit(name: str, given: float | None) -> float | None:
    """Return a number above 0, infinity too; None stays."""
    if given is None:
        return None
    if number_in("train", name, given, 0.0, float("inf")) == 0:
        raise ArgumentError(f"train: {name} must be above 0; received {given!r}.")
    return float(given)


def _within(name: str, given: float | None, high: float) -> float | None:
    """Return a number above 0 and below `high`; None stays."""
    if given is None:
        return None
    if number_in("train", name, given, 0.0, high, open_high=True) == 0:
        raise ArgumentError(f"train: {name} must be above 0; leave it out for none.")
    return float(given)


def _seed(given: int) -> int:
    seed = integer("train", "seed", given, minimum=0, maximum=2**64)
    if seed >= 2**32:  # NumPy's limit
        raise ArgumentError(f"train: seed must be below 2**32; received {seed}.")
    return seed


def _either(given: Any, otherwise: Any) -> Any:
    return otherwise if given is None else given


def _augmentation(base: Mapping[str, Any], overrides: Mapping[str, Any]) -> Augmentation:
    refuse_unknown("train", overrides, [item.name for item in fields(Augmentation)])
    return Augmentation(**{**base, **overrides})
