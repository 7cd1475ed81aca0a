"""First weights of a run: where they are from, and copied into the network that is going to be trained."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from convolens.applications import Normalization, Pretrained, find_architecture, find_weights
from convolens.applications.parts.matching import classifiers, load_pretrained
from convolens.errors import CheckpointError, ConvolensError
from convolens.files.atomic import digest_of
from convolens.models import Model
from convolens.models.files.run_weights import find_run_weights
from convolens.options.training import TrainOptions
from convolens.runs.settings.options import Settings


def take_model(options: TrainOptions) -> TrainOptions:
    """Return the options with the architecture of the run whose weights are asked for, where none is named.

    Raises:
        MissingFileError, CheckpointError: a folder that is no whole run.
    """
    if options.model is not None or options.weights is None or not Path(options.weights).is_dir():
        return options
    return replace(options, model=find_run_weights(Path(options.weights)).name)


def find_first(settings: Settings) -> tuple[Settings, Pretrained | None]:
    """Return the settings with the normalisation that the weights want, and the weights, downloaded where need be.

    Raises:
        ConvolensError: those of `applications.find_weights`.
    """
    found = find_weights("train", settings.weights, settings.model)
    if found is None or found.normalization is None:
        return settings, found
    return replace(settings, mean=found.normalization.mean, std=found.normalization.std), found


def network_like(settings: Settings) -> Pretrained | None:
    """Return what `applications.build` needs for the run's network with fresh weights."""
    if settings.mean is None or settings.std is None:
        return None
    return Pretrained("the run's first weights", normalization=Normalization(settings.mean, settings.std))


def begin_with(model: Model, settings: Settings, first: Pretrained) -> list[str]:
    """Copy first weights into a run's network and return lines that say so.

    Raises:
        CheckpointError, ShapeError: they do not fit.
    """
    heads = tuple(f"{name}." for name in classifiers(model.module))
    last = [tensor for name, tensor in model.module.state_dict().items() if name.startswith(heads)]
    fresh = [tensor.clone() for tensor in last]
    renamed = find_architecture("train", settings.model).renamed
    # a head in closed form takes the place of the last layer
    lines = load_pretrained(model, first, renamed, fresh_head=settings.transfer is not None)
    normalization = Normalization.of(model)
    said = [] if normalization is None else [normalization.describe()]
    if settings.finetuning is not None:  # nobody knows which classes the file's last layer is of
        for tensor, drawn in zip(last, fresh, strict=True):
            tensor.copy_(drawn)
        lines = lines or ["the last layer begins fresh"]
    return [f"weights: {first.title}", *lines, *said]


def as_table(first: Pretrained) -> dict[str, Any]:
    """Return what run.toml keeps of first weights."""
    path = Path(str(first.path)).resolve()
    return {"title": first.title, "path": str(path), "sha256": digest_of(path)}


def begin_again_with(model: Model, settings: Settings, table: Any, where: Path) -> None:
    """Copy the first weights of a run that wrote no state yet into its network anew.

    Args:
        model: with fresh weights.
        settings: of the run.
        table: what `as_table` returned.
        where: the file that holds it.

    Raises:
        CheckpointError: they are no longer there, or others.
    """
    try:
        path = Path(table["path"])
        same = digest_of(path) == table["sha256"]
    except (OSError, LookupError, TypeError) as error:
        if isinstance(error, ConvolensError):
            raise
        raise CheckpointError(
            f"{where}: the weights it began with cannot be read ({error}); put them back, or train anew."
        ) from error
    if not same:
        raise CheckpointError(f"{where}: the weights it began with, {path}, have changed since; train anew.")
    begin_with(model, settings, Pretrained(str(table.get("title", path)), path))
