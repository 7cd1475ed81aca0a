"""Flags made of options classes: what is typed comes back as the options that it asks for."""

from dataclasses import MISSING
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, get_args

import hypothesis.strategies as st
import pytest
import typer
from hypothesis import given
from typer.exceptions import TyperException

from convolens.augmentation import Augmentation
from convolens.cli.with_options import with_options
from convolens.options.augmentation import Variations
from convolens.options.features import LayerOptions
from convolens.options.fine_tuning import FineTuning
from convolens.options.option import OptionField, options_of
from convolens.options.output import OutputOptions
from convolens.options.resuming import ResumeOptions
from convolens.options.training import TrainOptions
from convolens.runs.settings.as_command import typed

WORDS = st.text("abc 1.-", min_size=1).filter(lambda text: not text.startswith("-"))
OF_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.just(True),
    int: st.integers(-9, 10**6),
    float: st.floats(allow_nan=False),
    str: WORDS,
    Path: WORDS.map(Path),
}
NUMBER = st.floats(-9, 9)
# how `read` sees a text; else by type
READ: dict[str, st.SearchStrategy[Any]] = {
    "shift": st.one_of(st.integers(0, 99), NUMBER, st.lists(NUMBER, min_size=2, max_size=4)),
    "single_or_pair": st.one_of(NUMBER, st.tuples(NUMBER, NUMBER)),
    "several": st.lists(NUMBER, min_size=1, max_size=4).map(tuple),
    "recipe_or_none": st.booleans(),
}


def values(item: OptionField) -> st.SearchStrategy[Any]:
    if item.option.read is not None:
        return READ[item.option.read.__name__]
    kinds = [kind for kind in get_args(item.type) if kind is not type(None)]
    return OF_TYPE[kinds[0] if isinstance(item.type, UnionType) else item.type]


def some(kind: type) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the options that the command line asks for, by name."""
    items = [item for item in options_of(kind) if item.option.kind == "flag" and item.option.parts is None]
    return st.fixed_dictionaries({}, optional={item.name: values(item) for item in items})


def ready(command: Any) -> Any:
    """Return a command as the command line has it, to be called with words."""
    app = typer.Typer()
    app.command()(command)
    return typer.main.get_command(app)


def test_what_is_typed_is_what_is_asked_for() -> None:
    seen = []

    @with_options()
    def command(asked: TrainOptions) -> None:
        seen.append(asked)

    run = ready(command)

    @given(data=WORDS.map(Path), asked=some(TrainOptions), varied=some(Variations))
    def typed_and_read(data: Path, asked: dict[str, Any], varied: dict[str, Any]) -> None:
        options = TrainOptions(data, **asked, augmentation=varied)
        run(typed(options), standalone_mode=False)
        assert seen.pop() == options

    typed_and_read()


@pytest.mark.parametrize("kind", [FineTuning, LayerOptions, OutputOptions, ResumeOptions, Variations])
def test_nothing_typed_is_the_default(kind: Any) -> None:
    seen = []

    def command(asked: Any) -> None:
        seen.append(asked)

    command.__annotations__["asked"] = kind
    ready(with_options()(command))([], standalone_mode=False)
    assert seen == [kind()]


def test_a_parameter_of_the_command_counts_for_both() -> None:
    seen = []

    @with_options("model")
    def command(data: Path, epochs: int = 3, *, asked: Annotated[TrainOptions, "A panel"]) -> None:
        seen.append((epochs, asked))

    run = ready(command)
    run(["photos", "--epochs", "7"], standalone_mode=False)
    assert seen == [(7, TrainOptions(Path("photos"), epochs=7))]
    with pytest.raises(TyperException, match="No such option: --model"):
        run(["photos", "--model", "vgg16"], standalone_mode=False)


def test_every_variation_is_a_field_of_the_augmentation() -> None:
    assert {item.name for item in options_of(Variations)} <= set(vars(Augmentation()))


@pytest.mark.parametrize(
    "kind", [FineTuning, LayerOptions, OutputOptions, ResumeOptions, TrainOptions, Variations]
)
def test_every_field_says_what_it_does(kind: Any) -> None:
    fields = {name: item for name, item in vars(kind)["__dataclass_fields__"].items() if name != "_"}
    told = {item.name: item for item in options_of(kind)}
    assert list(fields) == list(told)
    for name, item in told.items():
        assert f"{name}: {item.option.help}" in kind.__doc__
        assert item.default is not MISSING or item.option.kind == "argument"
    flags = [flag for item in told.values() for flag in item.flags]
    assert len(flags) == len(set(flags))
