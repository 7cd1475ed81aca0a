"""Option: what a field of an options class is on the command line, in run.toml and in the documentation."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

Class = TypeVar("Class", bound=type)


@dataclass(frozen=True)
class Option:
    """All of a field but its name, type and default: `batch_size: Annotated[int, Option("Photos a step.")] = 64`.

    Args:
        help: what it does, in `--help` and in the documentation.
        panel: of `--help`.
        flags: as they are typed, "--horizontal-flip/--no-horizontal-flip" for both answers; none are the field's name.
        metavar: what `--help` shows for the value.
        show_default: whether it shows the default, or what in its place.
        kind: "flag"; "argument", which is typed without one; "python" for what the command line does not ask for.
        more: what only Python has to know.
        read: makes the value of what is typed, called with the text and the flag.
        text: what is typed for the default, where that is read.
        parts: an options class; the field is a mapping of what is given of its fields.
        recorded: whether run.toml keeps it.
        may_differ: between a run and the one that goes on with it.
    """

    help: str
    panel: str | None = None
    flags: tuple[str, ...] = ()
    metavar: str | None = None
    show_default: bool | str = True
    kind: str = "flag"
    more: str = ""
    read: Callable[[str, str], Any] | None = None
    text: str | None = None
    parts: type | None = None
    recorded: bool = True
    may_differ: bool = False


class OptionField(NamedTuple):
    """A field with its option: its name, type and default (`dataclasses.MISSING` where it has none)."""

    name: str
    type: Any
    default: Any
    option: Option

    @property
    def flags(self) -> tuple[str, ...]:
        """As they are typed; the first is the one to speak of."""
        return self.option.flags or (f"--{self.name.replace('_', '-')}",)

    @property
    def flag(self) -> str:
        """The flag to speak of.

        Example:
            >>> OptionField("flip", bool, False, Option("Mirror.", flags=("--flip/--no-flip",))).flag
            '--flip'
        """
        return self.flags[0].split("/")[0]


def options_of(kind: type) -> list[OptionField]:
    """Return the fields of a dataclass that have an `Option`, in order.

    Example:
        >>> @dataclass
        ... class Asked:
        ...     batch_size: Annotated[int, Option("Photos a step.")] = 64
        >>> [(item.name, item.type, item.default, item.flag) for item in options_of(Asked)]
        [('batch_size', <class 'int'>, 64, '--batch-size')]
    """
    hints = get_type_hints(kind, include_extras=True)
    found = []
    for item in fields(kind):
        hint = hints[item.name]
        option = next((note for note in get_args(hint)[1:] if isinstance(note, Option)), None)
        if get_origin(hint) is Annotated and option is not None:
            made = item.default_factory
            default = item.default if made is MISSING else made()
            found.append(OptionField(item.name, get_args(hint)[0], default, option))
    return found


def documented(kind: Class) -> Class:
    """Put the descriptions of a dataclass's fields into its docstring, for the line "(options)"; a decorator.

    Example:
        >>> @documented
        ... @dataclass
        ... class Asked:
        ...     '''What is asked for.
        ...
        ...     Args:
        ...         (options)
        ...     '''
        ...     size: Annotated[int | None, Option("Rows and columns.", more="None: the model's own.")] = None
        >>> print(Asked.__doc__)
        What is asked for.
        <BLANKLINE>
            Args:
                size: Rows and columns. None: the model's own.
        <BLANKLINE>
    """
    told = [
        f"{item.name}: {item.option.help}{' ' if item.option.more else ''}{item.option.more}"
        for item in options_of(kind)
    ]
    kind.__doc__ = (kind.__doc__ or "").replace("(options)", "\n        ".join(told))
    return kind
