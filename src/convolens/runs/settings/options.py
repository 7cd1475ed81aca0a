"""Settings: what follows from all that can be asked of a training run (`TrainOptions`), with nothing left open."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from convolens import optimizers
from convolens.applications import find_architecture
from convolens.applications.weights.pretrained import usual_interpolation
from convolens.arguments import integer, look_up, number_in, one_of, refuse_unknown
from convolens.augmentation import Augmentation
from convolens.callbacks.monitor import larger_is_better
from convolens.data.decoding.decode import CHANNELS, INTERPOLATIONS, MAX_PIXELS, RESIZES
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.data.decoding.samples import Samples
from convolens.errors import ArgumentError
from convolens.options.option import options_of
from convolens.options.training import VALIDATION_SPLIT, TrainOptions
from convolens.runs.settings.recipes import RECIPES
from convolens.training.device import find_device
from convolens.training.precision import PRECISIONS

MONITORS = ("val_loss", "val_accuracy", "loss", "accuracy")


@dataclass(frozen=True, kw_only=True)
class Settings(TrainOptions):
    """The effective settings of a run: the options, with nothing left open and everything checked."""

    validation_split: float = field()
    model: str = field()
    size: tuple[int, int] = field()  # type: ignore[assignment]  # one number is asked for
    color_mode: str = field()
    interpolation: str = field()
    resize: str = field()
    epochs: int = field()
    batch_size: int = field()
    optimizer: str = field()
    schedule: str = field()
    learning_rate: float = field()
    augmentation: Augmentation = field()  # type: ignore[assignment]  # fields of it are asked for

    @property
    def preprocessing(self) -> Preprocessing:
        """What the network must be shown."""
        return Preprocessing(self.size, self.color_mode, self.interpolation, self.resize)

    def shown(self, samples: Samples) -> Preprocessing:
        """Return what the network must be shown of photos whose values become bytes by such a rule."""
        return replace(self.preprocessing, samples=samples)

    @property
    def monitor_mode(self) -> str:
        """ "min" or "max": which values of the monitored measure are better."""
        return "max" if larger_is_better(self.monitor, "auto") else "min"

    @property
    def optimizer_options(self) -> dict[str, Any]:
        """Return what the optimizer is made with, in Keras' words."""
        averages = {} if self.ema is None else {"use_ema": True, "ema_momentum": self.ema}
        groups = {"gradient_accumulation_steps": self.accumulate} if self.accumulate > 1 else {}
        return {"global_clipnorm": self.clip_norm, **averages, **groups}

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(rows, columns, channels) of the network's input."""
        return self.preprocessing.input_shape

    def as_table(self) -> dict[str, Any]:
        """Return the settings as plain values, None left out, for `run.toml`."""
        left_out = {item.name for item in options_of(TrainOptions) if not item.option.recorded}
        if self.kfold is not None:  # nothing else is split
            left_out.add("validation_split")
        table = {item.name: _plain(getattr(self, item.name)) for item in fields(self)}
        return {name: value for name, value in table.items() if value is not None and name not in left_out}


def _plain(value: Any) -> Any:
    """Return a setting as TOML has it."""
    if is_dataclass(value):
        return {
            item.name: inner for item in fields(value) if (inner := getattr(value, item.name)) is not None
        }
    if isinstance(value, Path):
        return str(value.absolute())
    return list(value) if isinstance(value, tuple) else value


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
    one_of(where, "monitor", options.monitor, MONITORS)
    interpolation = options.interpolation
    if interpolation is None:
        interpolation = usual_interpolation(options.weights, architecture.name) or "bilinear"
    one_of(where, "interpolation", interpolation, list(INTERPOLATIONS))
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
        own = float(optimizers.get(optimizer).learning_rate)
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
    checked = {
        "validation_split": share,
        "labels": None if options.labels is None else Path(options.labels),
        "multi_label": _several_labels(options),
        "model": architecture.name,
        "weights": _weights(options.weights),
        "size": (size, size),
        "color_mode": color_mode,
        "interpolation": interpolation,
        "resize": resize,
        "epochs": epochs,
        "batch_size": integer(where, "batch_size", _either(options.batch_size, recipe["batch_size"])),
        "optimizer": optimizer,
        "schedule": recipe["schedule"],
        "learning_rate": number_in(where, "learning_rate", rate, 0.0, float("inf"), open_high=True),
        "augmentation": _augmentation(
            recipe["augmentation"] if options.augment else {}, options.augmentation
        ),
        "seed": _seed(options.seed),
        "ema": _within("ema", options.ema, 1.0),
        "clip_norm": _within("clip_norm", options.clip_norm, float("inf")),
        "accumulate": integer(where, "accumulate", options.accumulate),
        "precision": one_of(where, "precision", options.precision, tuple(PRECISIONS)),
        "balance": bool(options.balance),
        "patience": _count("patience", options.patience),
        "device": find_device(where, options.device),
        "threads": _count("threads", options.threads),
        "checkpoint_steps": _count("checkpoint_steps", options.checkpoint_steps),
        "checkpoint_minutes": None
        if options.checkpoint_minutes is None
        else number_in(where, "checkpoint_minutes", options.checkpoint_minutes, 0.0, float("inf")),
        "keep": integer(where, "keep", options.keep),
        "max_seconds": _limit("max_seconds", options.max_seconds),
        "max_operations": _limit("max_operations", options.max_operations),
        "schedule_epochs": _limit("schedule_epochs", options.schedule_epochs),
        "finetuning": None if options.finetuning is None else options.finetuning.within(epochs),
        "transfer": None if options.transfer is None else options.transfer.checked(),
        "kfold": None if options.kfold is None else integer(where, "kfold", options.kfold, minimum=2),
        "fold": _fold(options),
    }
    return Settings(**{**vars(options), **checked})


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
