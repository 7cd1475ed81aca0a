"""run_to_its_end: a session trained, and its best weights scored and shown."""

from pathlib import Path

from convolens.runs.training.outcome import TrainResult
from convolens.runs.training.session import Session
from convolens.runs.whole_runs.finish import finish


def run_to_its_end(session: Session, state: Path | None = None) -> TrainResult:
    """Train a session to its last epoch, then score its best weights and write the report.

    Args:
        session: ready to be trained.
        state: to go on from; None begins at the beginning.

    Raises:
        ConvolensError: see `Session.run`.
    """
    ended = session.run(state)
    if not ended.learnt:
        session.screen.result("Interrupted before anything was learnt; the run folder holds no weights.")
        return TrainResult(session.folder, None, interrupted=True)
    outcome = finish(session.folder, session.best(ended.checkpoint.best_epoch), ended, session.screen)
    return TrainResult(session.folder, outcome, ended.interrupted, ended.spent)
