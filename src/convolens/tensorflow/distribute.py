"""`tf.distribute`: the one device that `fit` finds; processes that train together are torchrun's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from convolens.missing import answer_for

__all__ = ["MirroredStrategy", "OneDeviceStrategy", "Strategy", "get_strategy"]


class Strategy:
    """How a training is spread: not at all, whatever the devices asked for.

    Args:
        devices: accepted.
        options: TensorFlow's others are accepted.
    """

    num_replicas_in_sync = 1

    def __init__(self, devices: Any = None, **options: Any) -> None:
        self.devices = devices

    @contextmanager
    def scope(self) -> Iterator["Strategy"]:
        """Do nothing within the block.

        Example:
            >>> with MirroredStrategy().scope() as strategy:
            ...     strategy.num_replicas_in_sync
            1
        """
        yield self

    def experimental_distribute_dataset(self, dataset: Any, options: Any = None) -> Any:
        """Return a data set as it is.

        Args:
            dataset: any.
            options: accepted.
        """
        return dataset


class MirroredStrategy(Strategy):
    """All GPUs of a machine in TensorFlow; here the one device that `fit` finds.

    Args: as of `Strategy`.
    """


class OneDeviceStrategy(Strategy):
    """One device by its name in TensorFlow; here the one that `fit` finds.

    Args: as of `Strategy`.
    """


def get_strategy() -> Strategy:
    """Return the strategy of a program that chose none."""
    return Strategy()


__getattr__ = answer_for(__name__)
