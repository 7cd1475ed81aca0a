"""OutputOptions: what the commands that train print."""

from dataclasses import dataclass
from typing import Annotated

from convolens.options.option import Option, documented

OUTPUT = "Output"


@documented
@dataclass(frozen=True, kw_only=True)
class OutputOptions:
    """What is printed.

    Args:
        (options)
    """

    json_output: Annotated[
        bool, Option("Print the result as JSON; the rest goes to standard error.", OUTPUT, ("--json",))
    ] = False
    json_lines: Annotated[
        bool,
        Option("Print a line of JSON for each event as it happens; the rest goes to standard error.", OUTPUT),
    ] = False
    quiet: Annotated[bool, Option("Only the result.", OUTPUT, ("--quiet", "-q"))] = False
