"""ResumeOptions: what may be different when a run goes on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from convolens.options.checkpoints import CHECKPOINT_MINUTES, CHECKPOINT_STEPS, KEEP
from convolens.options.option import Option, documented


@documented
@dataclass(frozen=True)
class ResumeOptions:
    """What may be different from before; None is as before.

    Args:
        (options)
    """

    data: Annotated[Path | None, Option("Where the photos are now, if they were moved.")] = None
    validation: Annotated[
        Path | None, Option("Where the validation photos are now, if they were moved.", flags=("--val",))
    ] = None
    labels: Annotated[Path | None, Option("Where the table of labels is now, if it was moved.")] = None
    epochs: Annotated[
        int | None,
        Option("Learn to this epoch, later than before, also after the end or an early stop."),
    ] = None
    device: Annotated[str | None, Option("auto, cpu or cuda; by default as before.")] = None
    threads: Annotated[int | None, Option("Of the processor; by default as before.")] = None
    anyway: Annotated[
        bool, Option("Go on where other threads, device or versions may change the last bits.")
    ] = False
    checkpoint_steps: Annotated[int | None, CHECKPOINT_STEPS] = None
    checkpoint_minutes: Annotated[float | None, CHECKPOINT_MINUTES] = None
    keep: Annotated[int | None, KEEP] = None
