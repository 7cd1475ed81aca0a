"""RunFolder: the folder of plain files that a run is; never written over another."""

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from convolens.arguments import one_of
from convolens.errors import MissingFileError
from convolens.files.atomic import write_error
from convolens.runs.output.places import make_new_folder


@dataclass(frozen=True)
class RunFolder:
    """The paths of a run.

    Args:
        path: the folder.

    Example:
        >>> RunFolder(Path("runs/photos")).best.as_posix()
        'runs/photos/checkpoints/best.safetensors'
    """

    path: Path

    @property
    def settings(self) -> Path:
        return self.path / "run.toml"

    @property
    def history(self) -> Path:
        return self.path / "history.csv"

    @property
    def model(self) -> Path:
        return self.path / "model.json"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def best(self) -> Path:
        return self.checkpoints / "best.safetensors"

    @property
    def last(self) -> Path:
        return self.checkpoints / "last.safetensors"

    @property
    def curves(self) -> Path:
        return self.path / "curves.png"

    @property
    def confusion_matrix(self) -> Path:
        return self.path / "confusion_matrix.png"

    @property
    def first_batch(self) -> Path:
        return self.path / "first_batch.png"

    @property
    def mistakes(self) -> Path:
        return self.path / "mistakes.png"

    @property
    def predictions(self) -> Path:
        return self.path / "predictions.csv"

    @property
    def skipped(self) -> Path:
        return self.path / "skipped_images.csv"

    @property
    def results(self) -> Path:
        return self.path / "results.json"

    @property
    def calibration(self) -> Path:
        return self.path / "calibration.json"

    @property
    def calibration_features(self) -> Path:
        return self.path / "calibration.safetensors"

    @property
    def folds(self) -> Path:
        return self.path / "folds"

    @property
    def first_answer(self) -> Path:
        return self.path / "first_answer.safetensors"

    @property
    def out_of_fold(self) -> Path:
        return self.path / "out_of_fold.csv"

    @property
    def held_out(self) -> Path:
        return self.path / "held_out.safetensors"

    @property
    def report(self) -> Path:
        return self.path / "report.html"

    def weights(self, which: str) -> Path:
        """Return the file of the "best" or the "last" weights.

        Raises:
            UnknownNameError: neither of the two.
        """
        return {"best": self.best, "last": self.last}[one_of("weights", "which", which, ("best", "last"))]

    @classmethod
    def create(cls, out: str | PathLike[str]) -> "RunFolder":
        """Make a run folder; a name that is taken gets the next free suffix (NAME-2, NAME-3 ...).

        Raises:
            WriteError: the place cannot be written.

        Example:
            >>> import tempfile
            >>> with tempfile.TemporaryDirectory() as place:
            ...     first, second = RunFolder.create(f"{place}/a"), RunFolder.create(f"{place}/a")
            ...     (first.path.name, second.path.name)
            ('a', 'a-2')
        """
        folder = cls(make_new_folder(out))
        folder.make_checkpoints()
        return folder

    def make_checkpoints(self) -> None:
        """Make the folder of the checkpoints, if it is not there.

        Raises:
            WriteError: the place cannot be written.
        """
        try:
            self.checkpoints.mkdir(exist_ok=True)
        except OSError as error:
            raise write_error(error, self.checkpoints) from error

    @classmethod
    def open(cls, path: str | PathLike[str]) -> "RunFolder":
        """Return an existing run.

        Raises:
            MissingFileError: there is no such folder, or it is not a run.
        """
        path = Path(path)
        if path.name == "model.json":
            path = path.parent
        folder = cls(path)
        if not path.is_dir():
            raise MissingFileError(f"{path}: no such run folder; `convolens train` makes one.")
        if not folder.model.is_file():
            raise MissingFileError(
                f"{path}: holds no model.json, so it is not a run (or its training never began)."
            )
        return folder
