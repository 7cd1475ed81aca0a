"""TerminateOnNaN: end the training at the first loss that is not a number."""

import math

from convolens.callbacks.callback import Callback, Logs


class TerminateOnNaN(Callback):
    """Stops as soon as the loss is NaN or infinite, and says at which batch.

    Example:
        >>> TerminateOnNaN().stopped_at is None
        True
    """

    def __init__(self) -> None:
        super().__init__()
        self.stopped_at: int | None = None

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(loss):
            print(f"Batch {batch}: Invalid loss, terminating training")
            self.stopped_at = batch
            self.model.stop_training = True

    def state_dict(self) -> dict[str, int | None]:
        return {"stopped_at": self.stopped_at}

    def load_state_dict(self, state: dict[str, int | None]) -> None:
        self.stopped_at = state["stopped_at"]
