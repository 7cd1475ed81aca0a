"""Flags made of options classes: the signature that typer reads, and the options that a command is called with."""

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, is_dataclass
from typing import Annotated, Any, get_args, get_type_hints

import typer

from convolens.options.option import OptionField, options_of


def with_options(*without: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that turns each parameter which is an options class into the flags of its fields.

    Where a flag has the name of another parameter, that parameter counts: for the command, and for the field. A text beside the
    class, `Annotated[LayerOptions, "Label errors"]`, is the panel of all its flags.

    Args:
        without: names of fields that are left at their defaults.

    Example:
        >>> from convolens.options.output import OutputOptions
        >>> @with_options("quiet")
        ... def command(steps: int = 3, *, output: OutputOptions): print(steps, output)
        >>> list(inspect.signature(command).parameters)
        ['steps', 'json_output', 'json_lines']
        >>> command(steps=2, json_output=True)
        2 OutputOptions(json_output=True, json_lines=False, quiet=False)
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(command, include_extras=True)
        names = list(inspect.signature(command).parameters)
        asked = {name: hints[name] for name in names if is_dataclass(_class(hints[name]))}
        parameters: list[inspect.Parameter] = []
        for name, parameter in inspect.signature(command).parameters.items():
            if name not in asked:
                parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
                continue
            panel = next(iter(get_args(asked[name])[1:]), None)
            parameters += [
                _parameter(item, panel)
                for item in _flat(_class(asked[name]))
                if item.name not in (*without, *names)
            ]

        @functools.wraps(command)
        def called(**flags: Any) -> None:
            own = {name: flags[name] for name in names if name not in asked}
            command(**own, **{name: _made(_class(kind), flags) for name, kind in asked.items()})

        described: Any = called
        described.__signature__ = inspect.Signature(parameters)
        described.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return called

    return decorate


def _class(hint: Any) -> Any:
    return get_args(hint)[0] if get_args(hint) else hint


def _flat(kind: type) -> Iterator[OptionField]:
    """Yield what the command line asks for, the fields of a mapping's parts in its place."""
    for item in options_of(kind):
        if item.option.parts is not None:
            yield from _flat(item.option.parts)
        elif item.option.kind != "python":
            yield item


def _parameter(item: OptionField, panel: str | None) -> inspect.Parameter:
    option = item.option
    kind, default = (item.type, item.default) if option.read is None else (str | None, option.text)
    shared: Any = {"help": option.help, "rich_help_panel": panel or option.panel, "metavar": option.metavar}
    if option.kind == "argument":
        info = typer.Argument(**shared)
    else:
        flags = item.flags if option.flags or bool in (item.type, *get_args(item.type)) else ()
        info = typer.Option(*flags, show_default=option.show_default, **shared)
    return inspect.Parameter(
        item.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if default is MISSING else default,
        annotation=Annotated[kind, info],
    )


def _made(kind: type, flags: dict[str, Any]) -> Any:
    """Return an options class of what the flags say; what they do not ask for is left at its default."""
    values: dict[str, Any] = {}
    for item in options_of(kind):
        if item.option.parts is not None:
            values[item.name] = given(_made(item.option.parts, flags))
        elif item.name in flags:
            value, read = flags[item.name], item.option.read
            values[item.name] = value if read is None or value is None else read(value, item.flag)
    return kind(**values)


def given(options: Any) -> dict[str, Any]:
    """Return what is not None of an options class.

    Example:
        >>> from convolens.options.augmentation import Variations
        >>> given(Variations(cval=0.0))
        {'cval': 0.0}
    """
    return {name: value for name, value in vars(options).items() if value is not None}
