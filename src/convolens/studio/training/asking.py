"""What a page asks of a training, as the options and the words of the command that does it; paths are the studio's own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import NoneType
from typing import Any, get_args

from convolens.arguments import refuse_unknown
from convolens.errors import ArgumentError
from convolens.options.augmentation import Variations
from convolens.options.option import OptionField, options_of
from convolens.options.training import TrainOptions
from convolens.runs.output.places import check_outside, check_writable
from convolens.runs.settings.as_command import typed
from convolens.runs.settings.options import resolve

LONGEST = 200  # bytes of a name, so that NAME-2 and what lies below fit too
# Whatever names a place elsewhere, or is not for one training, is left to the command line.
_WITHOUT = (
    "out",
    "validation",
    "labels",
    "branch_from",
    "select",
    "resume",
    "kfold",
    "group_by",
    "strict",
    "weights",
)
SHOWN = (
    "size",
    "batch_size",
    "learning_rate",
    "validation_split",
    "minutes",
    "seed",
    "from_scratch",
    "head_only",
    "balance",
)


def asked_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is asked for as fields of `TrainOptions`; what is None or "" is not asked for.

    Args:
        given: field by field; those of `Variations` beside them, or in `augmentation`.

    Raises:
        ArgumentError: a name that is none, or a value of another type.

    Example:
        >>> asked_options({"epochs": "3", "size": None, "horizontal_flip": False})
        {'epochs': 3, 'augmentation': {'horizontal_flip': False}}
    """
    variations = {item.name: item for item in options_of(Variations)}
    fields = _fields()
    parts = dict(given)
    inner = parts.pop("augmentation", None) or {}
    if not isinstance(inner, Mapping):
        raise ArgumentError("train: augmentation holds fields by name.")
    parts |= inner
    refuse_unknown("train", parts, [*fields, *variations])
    found: dict[str, Any] = {}
    varied: dict[str, Any] = {}
    for name, value in parts.items():
        if value is None or value == "":
            continue
        if name in variations:
            varied[name] = _value(variations[name], value)
        else:
            found[name] = _value(fields[name], value)
    return found | ({"augmentation": varied} if varied else {})


def _fields() -> dict[str, OptionField]:
    return {
        item.name: item
        for item in options_of(TrainOptions)
        if item.option.kind == "flag" and item.option.parts is None and item.name not in _WITHOUT
    }


def _value(item: OptionField, value: Any) -> Any:
    """Return a value as an option has it."""
    kinds = [kind for kind in get_args(item.type) or (item.type,) if kind is not NoneType]
    kind = kinds[0] if kinds else Any
    if isinstance(value, list):
        value = tuple(value)
    if item.option.read is not None:
        return item.option.read(value, item.flag) if isinstance(value, str) else value
    if kind is bool:
        if isinstance(value, bool):
            return value
    elif kind in (int, float):
        try:
            number = float(value) if not isinstance(value, bool) else None
            if number is not None and (kind is float or number == int(number)):
                return kind(number)
        except (TypeError, ValueError, OverflowError):
            pass
    elif kind is str:
        if isinstance(value, str) and len(value) < 200 and value.isprintable():
            return value
    else:
        return value
    word = {bool: "true or false", int: "a whole number", float: "a number"}.get(kind, "a short text")
    raise ArgumentError(f"{item.flag} must be {word}; received {value!r}.")


def check_name(name: str) -> str:
    """Return the name of a run, if a folder in the folder of runs can be called so.

    Raises:
        ArgumentError: it cannot.

    Example:
        >>> check_name("../cats")
        Traceback (most recent call last):
        convolens.errors.ArgumentError: '../cats' cannot be the name of a run: it is one folder in the folder of runs, so leave out / and \\.
    """
    name = name.strip()
    if not name:
        raise ArgumentError("a run needs a name; give it one, or leave the field out.")
    if "/" in name or "\\" in name:
        raise ArgumentError(
            f"{name!r} cannot be the name of a run: it is one folder in the folder of runs, so leave out / and \\."
        )
    if name.startswith("."):
        raise ArgumentError(
            f"{name!r} cannot be the name of a run: folders that begin with a dot are hidden."
        )
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        raise ArgumentError(f"{name!r} cannot be the name of a run: it is one line of letters.")
    try:
        length = len(name.encode("utf-8"))
    except UnicodeEncodeError:
        raise ArgumentError(f"{name!r} cannot be the name of a run: it is no text.") from None
    if length > LONGEST:
        raise ArgumentError(f"a run's name of {length} bytes is too long; {LONGEST} are the most.")
    return name


def default_name(photos: Path, runs: Path) -> str:
    """Return what a run on these photos is called where nothing else is asked for: as their folder, where that does not lie in its place.

    Example:
        >>> default_name(Path("photos"), Path("runs")), default_name(Path("runs/demo-digits"), Path("runs"))
        ('photos', 'demo-digits-run')
    """
    return f"{photos.name}-run" if runs / photos.name == photos else photos.name


def train_words(
    photos: Path, runs: Path, name: str | None, given: Mapping[str, Any]
) -> tuple[str, list[str]]:
    """Return the name of a new run, and the words of the command that trains it.

    Args:
        photos: the folder that is open.
        runs: the folder of runs.
        name: of the run; None is that of the photos.
        given: see `asked_options`.

    Raises:
        ArgumentError, UnknownNameError: something that cannot be. WriteError: the run cannot be written there.
    """
    name, options = _checked(photos, runs, name, given)
    return name, ["train", *typed(options)]


def finetune_words(
    start: Path, photos: Path, runs: Path, name: str | None, given: Mapping[str, Any]
) -> tuple[str, list[str]]:
    """Return the name of a run that teaches another one these photos, and the words of its command.

    Args:
        start: the folder of the run to begin with.
        photos, runs, name, given: as of `train_words`.

    Raises: as of `train_words`.
    """
    refused = [
        word
        for word in ("model", "from_scratch", "head_only", "minutes")
        if given.get(word) not in (None, "", False)
    ]
    if refused:
        raise ArgumentError(
            f"a fine-tuning begins with {start.name}, so {' and '.join(refused)} cannot be asked for; leave it out."
        )
    name, options = _checked(photos, runs, name, given)
    return name, ["finetune", str(start), *typed(options)]


def resume_words(run: Path, given: Mapping[str, Any]) -> list[str]:
    """Return the words of the command that goes on with a run.

    Args:
        run: its folder.
        given: `epochs`, to learn longer; nothing to go on as planned.

    Raises:
        ArgumentError: something else is asked for.
    """
    refuse_unknown("resume", given, ["epochs", "anyway"])
    epochs = asked_options({"epochs": given.get("epochs")}).get("epochs")
    words = ["resume", str(run)]
    words += [] if epochs is None else ["--epochs", str(epochs)]
    return [*words, *(["--anyway"] if given.get("anyway") is True else [])]


def _checked(
    photos: Path, runs: Path, name: str | None, given: Mapping[str, Any]
) -> tuple[str, TrainOptions]:
    name = check_name(default_name(photos, runs) if name is None or not name.strip() else name)
    out = runs / name
    options = TrainOptions(photos, **asked_options(given), out=out)
    resolve(replace(options, out=None))
    check_outside(out, photos, option="--runs")
    check_writable(out)
    return name, options


def described(names: Sequence[str] = SHOWN) -> list[dict[str, Any]]:
    """Return fields of `TrainOptions` as a page makes a form of them.

    Example:
        >>> described(["balance"])[0]["kind"], described(["size"])[0]["flag"]
        ('truth', '--size')
    """
    fields = _fields()
    kinds = {bool: "truth", int: "whole", float: "number", str: "text"}
    found = []
    for name in names:
        item = fields[name]
        kind = next(iter(one for one in get_args(item.type) or (item.type,) if one is not NoneType))
        default = item.default if isinstance(item.default, (int, float, str)) else None
        if isinstance(item.option.show_default, str):
            default = item.option.show_default
        found.append(
            {
                "name": name,
                "flag": item.flag,
                "kind": kinds[kind],
                "help": item.option.help,
                "default": default,
            }
        )
    return found
