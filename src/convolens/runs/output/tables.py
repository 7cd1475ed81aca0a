"""Tables that a command is asked for: whether one can be written there, and writing it."""

from pathlib import Path

from convolens.data.folders.folder import is_image_name
from convolens.errors import ArgumentError
from convolens.files.table import write_csv
from convolens.runs.output.places import Read, check_place

__all__ = ["check_table", "write_csv"]


def check_table(path: Path, *read: Read) -> None:
    """Check that a table can be written there, before the work that fills it.

    Args:
        path: of the table.
        read: what the command reads, see `check_place`.

    Raises:
        ArgumentError: it is named as an image: a photo that was meant to be read, not written over; or it is read itself.
        WriteError: a folder, a place that is not there or may not be written.
    """
    if is_image_name(path):
        raise ArgumentError(
            f"--csv {path}: is the name of an image; give the name of a table, answers.csv say."
        )
    check_place(path, *read)
