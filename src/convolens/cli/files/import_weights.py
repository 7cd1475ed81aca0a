"""convolens import-weights"""

from pathlib import Path
from typing import Annotated

import typer


def import_weights(
    file: Annotated[Path, typer.Argument(help="What torch.save wrote: .pt, .pth.")],
    out: Annotated[Path, typer.Option(help="The new file; it must end in .safetensors.")],
) -> None:
    """Make safetensors of a torch file's weights; nothing in the file is run.

    Example: [bold]convolens import-weights vgg16.pth --out vgg16.safetensors[/bold]
    """
    from convolens.checkpoints import import_weights
    from convolens.runs.output.screen import Screen

    shapes = import_weights(file, out)
    Screen().result(f"{len(shapes)} tensors in {out}")
