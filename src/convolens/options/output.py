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
    quiet: Annotated[bool, Option("Only the result.", OUTPUT, ("--quiet", "-q"))] = False
