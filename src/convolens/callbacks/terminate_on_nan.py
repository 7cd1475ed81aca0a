"""TerminateOnNaN: end the training at the first loss that is not a number."""

import math

from convolens.callbacks.callback import Callback, Logs
from convolens.errors import NonFiniteLossError


class TerminateOnNaN(Callback):
    """Stops as soon as the loss is NaN or infinite, and says at which batch.

    Args:
        raise_error: raise instead of stopping; `on_train_end` of the callbacks is not called then.

    Attributes:
        stopped_at: the batch, counted from 0; None where the loss stayed finite.

    Raises:
        NonFiniteLossError: in `fit`, with `raise_error`.

    Example:
        >>> TerminateOnNaN().stopped_at is None
        True
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = raise_error
        self.stopped_at: int | None = None

    def on_train_begin(self, logs: Logs = None) -> None:
        self.stopped_at = None

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(loss):
            self.stopped_at = batch
            if self.raise_error:
                raise NonFiniteLossError(
                    f"The loss is {loss} at batch {batch}: the weights are no longer of use. Try a smaller learning "
                    "rate, or check the data."
                )
            print(f"Batch {batch}: Invalid loss, terminating training")
            self.model.stop_training = True

    def state_dict(self) -> dict[str, int | None]:
        return {"stopped_at": self.stopped_at}

    def load_state_dict(self, state: dict[str, int | None]) -> None:
        self.stopped_at = state["stopped_at"]
