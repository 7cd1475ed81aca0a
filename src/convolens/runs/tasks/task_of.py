"""task_of: which task a run has."""

from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.settings.options import Settings
from convolens.runs.tasks.multi_label import MultiLabel
from convolens.runs.tasks.single_label import SingleLabel
from convolens.runs.tasks.task import Task


def task_of(run: Settings | TrainedModel) -> Task:
    """Return the task of a run by its settings, or by its trained network, which has tuned thresholds.

    Example:
        >>> from convolens.applications import build
        >>> from convolens.data.decoding.preprocessing import Preprocessing
        >>> trained = TrainedModel(build("shallow-vgg", (8, 8, 3), 2), "a", ("cat", "dog"), Preprocessing((8, 8)))
        >>> task_of(trained).several
        False
    """
    if not run.multi_label:
        return SingleLabel()
    return MultiLabel(run.tuned if isinstance(run, TrainedModel) else None)
