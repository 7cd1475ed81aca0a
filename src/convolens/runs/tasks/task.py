"""Task: what a run says of each photo, one class or any number of labels, and everything that follows from it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from convolens.analysis.measures import LabelScores, Scores
from convolens.data.folders.folder import ImageFolder
from convolens.data.prepared import Part
from convolens.runs.folder.calibration_file import Calibration
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.predictions_file import Answer
from convolens.runs.output.screen import Screen
from convolens.runs.report.evaluation import Evaluation
from convolens.runs.report.findings import Evidence, Finding
from convolens.runs.report.label_evaluation import LabelEvaluation
from convolens.runs.report.prediction import Prediction

AnyScores = Scores | LabelScores
AnyEvaluation = Evaluation | LabelEvaluation


class Task(ABC):
    """What a run says of each photo.

    Throughout, `chances` are the network's own probabilities, float32 (n, classes), by which is decided; a `calibration` makes
    others of them, which are told; `labels` those of photos as a `Part` holds them:
    class numbers, int64 (n,), or 0 and 1, float32 (n, classes); `names` those of the classes, in the order of the outputs.

    Attributes:
        several: whether a photo has any number of labels: `multi_label` of architectures, model.json and run.toml.
        accuracy_of: what accuracy is a share of, in words that take "n photos".
        right_of_photos: the share of photos that are right, in words.
        activation: of a head made for it.
        pictures: title and file of what `draw` draws.
        unknown_tests: by how many a photo can be called unknown.
        tunes: whether validation photos tune how it decides, so that they stay apart from what is learnt.
        balances: whether each class can be taken equally often in training.
    """

    several: ClassVar[bool]
    accuracy_of: ClassVar[str]
    right_of_photos: ClassVar[str]
    activation: ClassVar[str]
    pictures: ClassVar[Mapping[str, str]]
    unknown_tests: ClassVar[int]
    tunes: ClassVar[bool]
    balances: ClassVar[bool]

    # which photos, and what the network learns of them

    @abstractmethod
    def list_photos(self, place: Path, table: Path | None) -> ImageFolder:
        """Return the photos to learn from.

        Args:
            place: their folder.
            table: of their labels; None where these are the class folders.

        Raises:
            MissingFileError, DataError: no such folder or table, or labels that nothing can be learnt from.
        """

    @abstractmethod
    def list_labelled(self, place: Path, table: Path | None, names: Sequence[str]) -> ImageFolder:
        """Return photos of known classes, to validate or to score on; a class may have none.

        Raises:
            MissingFileError, DataError: no such folder or table, or classes that are not known.
        """

    @abstractmethod
    def check_validation(self, part: Part) -> None:
        """Raise `DataError` where the validation photos cannot tell what they are asked."""

    @abstractmethod
    def check_scored(self, part: Part) -> None:
        """Raise `DataError` where photos can score nothing."""

    @abstractmethod
    def targets(self, labels: np.ndarray, units: int) -> np.ndarray:
        """Return labels as the loss of a network with so many outputs takes them."""

    @abstractmethod
    def loss(self, units: int) -> str:
        """Return the loss of a network with so many outputs, in Keras' words."""

    @abstractmethod
    def metrics(self) -> list[Any]:
        """Return what is measured while a network learns; "accuracy" among it."""

    @abstractmethod
    def of_logits(self, logits: np.ndarray) -> np.ndarray:
        """Return float32 probabilities of logits, both (n, classes)."""

    # how it decides, and how good that is

    @abstractmethod
    def tuned(self, chances: np.ndarray, labels: np.ndarray) -> "Task":
        """Return the task as it decides best on validation photos."""

    @abstractmethod
    def kept_in(self, trained: TrainedModel) -> TrainedModel:
        """Return a network with what this task has tuned."""

    @abstractmethod
    def wrong(self, chances: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Return which answers are wrong, bool (n,), or (n, classes) where each label is an answer."""

    @abstractmethod
    def choices(self, chances: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return every answer as a choice of one: probabilities (m, k) and what is right, int64 (m,)."""

    @abstractmethod
    def strangeness(self, chances: np.ndarray, labels: np.ndarray) -> np.ndarray | None:
        """Return how little the right class of each photo fits, (n,); None where a photo may fit no class."""

    @abstractmethod
    def spread(self, labels: np.ndarray) -> np.ndarray:
        """Return a class number a photo, int64 (n,), by which some of many can be chosen evenly."""

    @abstractmethod
    def score(self, chances: np.ndarray, labels: np.ndarray, names: tuple[str, ...]) -> AnyScores:
        """Return how good the answers are."""

    @abstractmethod
    def evaluate(
        self,
        chances: np.ndarray,
        labels: np.ndarray,
        names: tuple[str, ...],
        top: int | None = None,
        seed: int = 0,
        calibration: Calibration | None = None,
        unknown: np.ndarray | None = None,
        variations: int | None = None,
    ) -> AnyEvaluation:
        """Return every measure.

        Args:
            top: the k of top-k accuracy.
            seed: of the bootstrap.
            calibration: of the run.
            unknown: which photos are called so, bool (n,).
            variations: of each photo, whose probabilities were averaged.
        """

    @abstractmethod
    def check_top(self, top: int | None, classes: int) -> int | None:
        """Return the k of top-k accuracy; None leaves it out.

        Raises:
            ArgumentError: one that says nothing here.
        """

    @abstractmethod
    def findings(self, evidence: Evidence[Any]) -> list[Finding]:
        """Return what a training shows, problems first."""

    # what is told of it

    @abstractmethod
    def headline(self, found: Any) -> str:
        """Return the measure that says most of an evaluation, with its name."""

    @abstractmethod
    def baseline(self, scores: Any) -> str:
        """Return what whoever knows only the classes' shares would reach, in words."""

    @abstractmethod
    def beats_baseline(self, scores: Any) -> bool:
        """Return whether the answers are better than that."""

    @abstractmethod
    def labels_of(self, labels: np.ndarray, names: Sequence[str]) -> list[set[str]]:
        """Return the names of each photo's labels."""

    @abstractmethod
    def decided(self, chances: np.ndarray) -> np.ndarray:
        """Return what is said of each photo, as `labels`."""

    @abstractmethod
    def describe(self, names: Sequence[str], calibration: Calibration | None = None) -> list[str]:
        """Return lines on how it decides; none where there is nothing to say."""

    @abstractmethod
    def predictions(
        self,
        chances: np.ndarray,
        names: Sequence[str],
        top: int,
        unknown: np.ndarray | None = None,
        calibration: Calibration | None = None,
    ) -> list[dict[str, Any]]:
        """Return `answers`, and what else `Prediction` holds, of each photo.

        Args:
            top: how many of the likeliest classes, where one is chosen.
            unknown: which photos are called so, bool (n,); None where the run cannot tell.
        """

    @abstractmethod
    def unreadable(self, path: Path, error: str) -> Prediction:
        """Return the prediction of a file that cannot be read."""

    @abstractmethod
    def answers(
        self, paths: Sequence[Path], labels: np.ndarray, chances: np.ndarray, names: Sequence[str],
        calibration: Calibration | None = None,
    ) -> list[Answer]:  # fmt: skip
        """Return what is said of labelled photos."""

    @abstractmethod
    def write_predictions(
        self, table: Path, paths: Sequence[Path], labels: np.ndarray, chances: np.ndarray, names: Sequence[str],
        calibration: Calibration | None = None, **columns: Sequence[object],
    ) -> None:  # fmt: skip
        """Write a predictions.csv: a row a photo, further columns at its end.

        Raises:
            WriteError: the file cannot be written.
        """

    @abstractmethod
    def draw(self, folder: Path, part: Part, chances: np.ndarray, scores: Any) -> None:
        """Draw `pictures` into a folder; one that has nothing to show is left out.

        Raises:
            WriteError: a file cannot be written.
        """

    @abstractmethod
    def write_evaluation(
        self, folder: Path, found: Any, part: Part, chances: np.ndarray, names: tuple[str, ...], title: str,
        calibration: Calibration | None = None,
    ) -> None:  # fmt: skip
        """Write evaluation.json, predictions.csv, pictures, and evaluation.html, which needs none of them.

        Raises:
            WriteError: a file cannot be written.
        """

    @abstractmethod
    def show(self, scores: Any, screen: Screen) -> None:
        """Print the measures of each class."""

    @abstractmethod
    def tell(self, scores: Any, screen: Screen, begin: str = "") -> None:
        """Print how good the answers are, then class by class.

        Args:
            begin: names the photos, "Validation" say.
        """

    @abstractmethod
    def tell_evaluation(self, found: Any, screen: Screen) -> None:
        """Print every measure."""
