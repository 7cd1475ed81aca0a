"""`tf.distribute`: the one device that `fit` finds; processes that train together are torchrun's."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from types import SimpleNamespace
from typing import Any

from convolens import ops
from convolens.missing import answer_for

__all__ = [
    "MirroredStrategy", "OneDeviceStrategy", "ReduceOp", "Strategy", "TPUStrategy", "cluster_resolver", "experimental", "get_strategy",
]  # fmt: skip


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

    def run(
        self, fn: Callable[..., Any], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Return what a step gives.

        Args:
            fn: the step.
            args, kwargs: what it is given.

        Example:
            >>> Strategy().run(max, args=(2, 3))
            3
        """
        return fn(*args, **(kwargs or {}))

    experimental_run_v2 = run

    def reduce(self, reduce_op: Any, value: Any, axis: int | None = None) -> Any:
        """Return the sum or the mean of what the steps of all devices gave: of one device, what it gave.

        Args:
            reduce_op: `ReduceOp.SUM` or `ReduceOp.MEAN`, or its name.
            value: of the step.
            axis: along which the values of the device are put together as well; None for none.

        Example:
            >>> float(Strategy().reduce("SUM", [1.0, 2.0], axis=0))
            3.0
        """
        op = ReduceOp(str(getattr(reduce_op, "value", reduce_op)).upper())
        if axis is None:
            return value
        return ops.sum(value, axis) if op is ReduceOp.SUM else ops.mean(value, axis)


class ReduceOp(Enum):
    """How the values of devices become one."""

    SUM = "SUM"
    MEAN = "MEAN"


class MirroredStrategy(Strategy):
    """All GPUs of a machine in TensorFlow; here the one device that `fit` finds.

    Args: as of `Strategy`.
    """


class OneDeviceStrategy(Strategy):
    """One device by its name in TensorFlow; here the one that `fit` finds.

    Args: as of `Strategy`.
    """


class TPUStrategy(Strategy):
    """The cores of a TPU in TensorFlow; here, where a program comes to it without one, the device that `fit` finds.

    Args: as of `Strategy`.
    """


class TPUClusterResolver:
    """What looks for a TPU: there is none, so it raises what TensorFlow raises then, and programs go on without.

    Args:
        tpu: where to look.
        options: TensorFlow's others are accepted.

    Raises:
        ValueError: always.
    """

    def __init__(self, tpu: Any = None, **options: Any) -> None:
        raise ValueError(
            "Please provide a TPU Name to connect to: Convolens uses the CPU or a GPU, there is no TPU."
        )

    connect = classmethod(lambda cls, tpu=None, **options: cls(tpu))


cluster_resolver = SimpleNamespace(TPUClusterResolver=TPUClusterResolver)
experimental = SimpleNamespace(TPUStrategy=TPUStrategy)


def get_strategy() -> Strategy:
    """Return the strategy of a program that chose none."""
    return Strategy()


__getattr__ = answer_for(__name__)
