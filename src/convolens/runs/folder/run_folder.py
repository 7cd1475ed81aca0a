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
        """What was asked for, and what followed from it."""
        return self.path / "run.toml"

    @property
    def history(self) -> Path:
        """Loss and metrics of each epoch."""
        return self.path / "history.csv"

    @property
    def model(self) -> Path:
        """The architecture, class names and preprocessing."""
        return self.path / "model.json"

    @property
    def checkpoints(self) -> Path:
        """The folder of weights and states."""
        return self.path / "checkpoints"

    @property
    def best(self) -> Path:
        """The weights of the best epoch."""
        return self.checkpoints / "best.safetensors"

    @property
    def last(self) -> Path:
        """The weights of the last epoch."""
        return self.checkpoints / "last.safetensors"

    @property
    def curves(self) -> Path:
        """The chart of the history."""
        return self.path / "curves.png"

    @property
    def confusion_matrix(self) -> Path:
        """The chart of which class was taken for which."""
        return self.path / "confusion_matrix.png"

    @property
    def first_batch(self) -> Path:
        """The first batch as the network saw it."""
        return self.path / "first_batch.png"

    @property
    def mistakes(self) -> Path:
        """Pictures of the wrong answers given with the most confidence."""
        return self.path / "mistakes.png"

    @property
    def predictions(self) -> Path:
        """The answer for every validation photo, and its confidence."""
        return self.path / "predictions.csv"

    @property
    def skipped(self) -> Path:
        """Path and reason of the photos that could not be read."""
        return self.path / "skipped_images.csv"

    @property
    def seen_photos(self) -> Path:
        """The photos that its weights have seen, by content."""
        return self.path / "seen_photos.csv"

    @property
    def results(self) -> Path:
        """What was measured at the end."""
        return self.path / "results.json"

    @property
    def calibration(self) -> Path:
        """The temperature of the confidences, and when an answer is "unknown"."""
        return self.path / "calibration.json"

    @property
    def calibration_features(self) -> Path:
        """Features of training photos, which "unknown" needs."""
        return self.path / "calibration.safetensors"

    @property
    def kept_photos(self) -> Path:
        """A few validation photos, as small as the network sees them."""
        return self.path / "kept_photos"

    @property
    def folds(self) -> Path:
        """The folder of the runs of a cross-validation."""
        return self.path / "folds"

    @property
    def first_answer(self) -> Path:
        """Of a run from a learnt network: its heads in closed form, and what they said of the validation photos."""
        return self.path / "first_answer.safetensors"

    @property
    def out_of_fold(self) -> Path:
        """Of such a run: the answer for every photo by the head of all other folds."""
        return self.path / "out_of_fold.csv"

    @property
    def held_out(self) -> Path:
        """Of such a run: what its trial said of the validation photos, where the layers learnt from all in the end."""
        return self.path / "held_out.safetensors"

    @property
    def report(self) -> Path:
        """The page that tells of the run."""
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
