"""SwapEMAWeights: measure, and save, the averages of the weights while the training goes on with the weights."""

from typing import Any

from convolens.callbacks.callback import Callback, Logs
from convolens.errors import ArgumentError


class SwapEMAWeights(Callback):
    """Puts the averages of an optimizer with `use_ema` into the network for validation, as in Keras.

    Args:
        swap_on_epoch: True leaves them there from the end of an epoch to the beginning of the next: callbacks further
            down the list, `ModelCheckpoint` for one, see and save the averages.

    Raises:
        ArgumentError: in `fit`, where the optimizer keeps no averages.

    Example:
        >>> SwapEMAWeights(swap_on_epoch=True).swap_on_epoch
        True

    Source: Keras 3 `keras.callbacks.SwapEMAWeights`.
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch

    def _put(self, averages: bool) -> None:
        """Let the network hold the averages, or the weights."""
        if self.model.optimizer.averages_in_model is not averages:
            self.model.optimizer.swap_averages()

    def set_model(self, model: Any) -> None:
        """Remember the model.

        Raises:
            ArgumentError: the optimizer keeps no averages.
        """
        super().set_model(model)
        if not getattr(model.optimizer, "use_ema", False):
            raise ArgumentError("SwapEMAWeights: the optimizer keeps no averages; make it with use_ema=True.")

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self._put(False)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self.swap_on_epoch:
            self._put(True)

    def on_test_begin(self, logs: Logs = None) -> None:
        self._put(True)

    def on_test_end(self, logs: Logs = None) -> None:
        self._put(False)
