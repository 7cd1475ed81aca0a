"""LoadedRuns: networks of runs, kept while they are asked; loaded anew when the run's files change."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from convolens.analysis.explain import LayerCall
from convolens.errors import MissingFileError
from convolens.runs.folder import model_file
from convolens.runs.folder.calibration_file import Calibration, read_calibration
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.run_folder import RunFolder
from convolens.studio.workspace.kept import Kept

KEPT = 3  # networks; VGG16 takes half a gigabyte


@dataclass(frozen=True)
class Loaded:
    """A run as it is asked.

    Attributes:
        folder: of the run.
        trained: its network, class names and preprocessing.
        calibration: of it; None where it was never calibrated.
        at_work: held by whoever asks the network: hooks of one question would see the layers of another.
        layers: the layer that Grad-CAM looks at, by class: it hangs on the network, not on the photo, and is found once.
    """

    folder: RunFolder
    trained: TrainedModel
    calibration: Calibration | None
    at_work: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)
    layers: dict[int, LayerCall] = field(default_factory=dict, repr=False, compare=False)


@dataclass
class LoadedRuns:
    """The networks that were asked last; any number of threads may ask."""

    _kept: Kept = field(default_factory=lambda: Kept(KEPT), repr=False)

    def get(self, run: Path, weights: str = "best") -> Loaded:
        """Return a run with its network.

        Args:
            run: its folder.
            weights: "best" or "last".

        Raises:
            MissingFileError: no such run, or no weights of it yet. CheckpointError: a damaged run.
        """
        folder = RunFolder.open(run)
        file = folder.weights(weights)
        if not file.is_file():
            raise MissingFileError(f"{run}: has no weights yet; wait until its first epoch has ended.")

        def load() -> Loaded:
            trained = model_file.load(folder, file)
            return Loaded(folder, trained, read_calibration(folder, weights, lambda line: None))

        state = tuple(_changed(path) for path in (folder.model, file, folder.calibration))
        return self._kept.get((str(run), weights, state), load)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
