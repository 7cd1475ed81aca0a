"""RunCosts: what the networks of runs cost, measured once for each model.json."""

import threading
from dataclasses import dataclass, field

from convolens.analysis import cost
from convolens.errors import ConvolensError, MissingFileError
from convolens.files.atomic import digest_of
from convolens.runs.folder import model_file
from convolens.runs.folder.run_folder import RunFolder


@dataclass(frozen=True)
class RunCost:
    """What one photo costs.

    Attributes:
        parameters: of the network.
        multiply_accumulates: of one photo.
        input_shape: (rows, columns, channels).
    """

    parameters: int
    multiply_accumulates: int
    input_shape: tuple[int, ...]


@dataclass
class RunCosts:
    """The costs of runs; any number of threads may ask."""

    _known: dict[str, RunCost] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def of(self, run: RunFolder) -> RunCost:
        """Return what the network of a run costs, read from its model.json.

        Args:
            run: its folder.

        Raises:
            MissingFileError: there is no model.json. CheckpointError: it is damaged.
        """
        try:
            key = digest_of(run.model)
        except OSError as error:
            raise MissingFileError(f"{run.model}: cannot be read ({error.strerror}).") from error
        with self._lock:  # torch traces one network at a time
            if key not in self._known:
                found = cost(model_file.network(run), training=False)
                self._known[key] = RunCost(
                    found.parameters, found.multiply_accumulates, tuple(found.input_shape)
                )
            return self._known[key]

    def or_problem(self, run: RunFolder) -> RunCost | str:
        """Return the cost, or why there is none, in one line."""
        try:
            return self.of(run)
        except ConvolensError as error:
            return str(error)
