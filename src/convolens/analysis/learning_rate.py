"""find_learning_rate: the range test, the loss of a few batches while the learning rate grows, on a copy of a model."""

import copy
import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from convolens.arguments import integer, number_in
from convolens.errors import ArgumentError, ArgumentTypeError, NotCompiledError
from convolens.memory import kept_memory

if TYPE_CHECKING:
    import numpy as np

    from convolens.models import Model

EXPLODED = 4.0  # times the smallest smoothed loss
CLEAR = 4.0  # times the noise of the smoothed curve: a smaller fall may be chance
BELOW_MINIMUM = 10.0
_MEMORY = 0.9  # of the running mean that watches for the explosion
_WIDTH = 0.03  # of all steps: the deviation of the bell that smooths the curve
_FEWEST = 10  # steps


@dataclass(frozen=True)
class RangeTest:
    """What a range test saw.

    Attributes:
        rates: the learning rate of each step, growing by the same factor.
        losses: of each step's batch, before its update; the last may be NaN or infinite.
        smoothed: the same under a bell of 3 % of all steps, losses of the explosion cut to its limit.
        ended: in words, why it ended.

    Example:
        >>> test = RangeTest([0.1, 1.0, 10.0], [2.0, 1.0, 1.5], [2.0, 1.0, 1.5], "all 3 steps were taken")
        >>> test.minimum, test.tenth_of_minimum, test.steepest
        (1.0, 0.1, 0.1)
    """

    rates: list[float]
    losses: list[float]
    smoothed: list[float]
    ended: str
    slopes: list[float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        import numpy as np

        slopes = np.gradient(self.smoothed, np.log10(self.rates)) if len(self.rates) > 1 else [0.0]
        object.__setattr__(self, "slopes", [float(slope) for slope in slopes])

    @property
    def fell(self) -> bool:
        """Whether the smoothed loss fell by more than chance explains; else there is nothing to suggest.

        Chance: 4 standard deviations of a value of the smoothed curve, by how the losses of the first third scatter; the
        fall is counted from their mean.
        """
        import numpy as np

        first = self.losses[: max(len(self.losses) // 3, 1)]
        noise = np.std(first) / math.sqrt(2 * math.sqrt(math.pi) * _bell(len(self.losses)))
        lowest = min(self.smoothed)
        return self.smoothed.index(lowest) > 0 and bool(np.mean(first) - lowest > CLEAR * noise)

    @property
    def minimum(self) -> float | None:
        """The rate of the smallest smoothed loss; None where the loss did not fall."""
        return self.rates[self.smoothed.index(min(self.smoothed))] if self.fell else None

    @property
    def tenth_of_minimum(self) -> float | None:
        """A tenth of `minimum`, a safe distance from where learning breaks; None where the loss did not fall."""
        return None if self.minimum is None else self.minimum / BELOW_MINIMUM

    @property
    def steepest(self) -> float | None:
        """The rate at which the smoothed loss falls fastest, over the logarithm of the rate; None as above."""
        if not self.fell:
            return None
        until = self.smoothed.index(min(self.smoothed))
        before = self.slopes[: max(until, 1)]
        return self.rates[before.index(min(before))]


def find_learning_rate(
    model: "Model",
    x: Any,
    y: Any = None,
    *,
    batch_size: int | None = None,
    min_rate: float = 1e-7,
    max_rate: float = 10.0,
    steps: int = 100,
    seed: int = 0,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> RangeTest:
    """Train a copy of a model with a learning rate that grows from batch to batch, and return the loss of each.

    The test ends where the loss is more than 4 times its best, or no number. The model, its optimizer, the data and the
    process' random numbers stay as they were, to the bit.

    Args:
        model: compiled; its optimizer's own learning rate or schedule is not used.
        x: arrays, an indexed source (`ImageDataGenerator.flow`, Keras' Sequence) or a DataLoader; gone through again
            where there are fewer batches than steps. A generator is refused: what it gave would be gone.
        y: labels, where x is an array.
        batch_size: samples a step; None is 32. Arrays only.
        min_rate, max_rate: of the first and of the last step, 0 < min_rate < max_rate.
        steps: how many, at least 10.
        seed: of the order of arrays, of dropout, and of weights that do not exist yet.
        advance: told how many of how many steps are done.

    Raises:
        NotCompiledError: compile was not called. ArgumentError: rates in the wrong order, too few steps, a generator.

    Example:
        >>> import numpy as np
        >>> from convolens.layers import Dense, Input
        >>> from convolens.models import Sequential
        >>> model = Sequential([Input(shape=(4,)), Dense(2, activation="softmax")])
        >>> model.compile("sgd", "sparse_categorical_crossentropy")
        >>> x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
        >>> test = find_learning_rate(model, x, (x[:, 0] > 0).astype(int), max_rate=100.0, steps=50)
        >>> 0.001 < test.steepest < 10, float(model.optimizer.learning_rate)
        (True, 0.01)

    Source: Smith, "Cyclical Learning Rates for Training Neural Networks", arXiv:1506.01186; growing exponentially and
    ending at the explosion as in Howard & Gugger's fastai.
    """
    import numpy as np

    from convolens.seeding import set_random_seed
    from convolens.training.loop import batches_of
    from convolens.training.state import RandomStates

    where = "find_learning_rate"
    rates = growing_rates(where, min_rate, max_rate, steps)
    if model.optimizer is None or model.compiled_loss is None:
        raise NotCompiledError(f"{where}: call model.compile(optimizer=..., loss=...) first.")
    generators = RandomStates()
    before = generators.state_dict()
    losses: list[float] = []
    watch = _Watch()
    try:
        set_random_seed(seed)
        with _own(x) as data:
            clone = _copy(model)
            source = clone._source(where, data, y, batch_size=batch_size, shuffle=True, seed=seed)
            clone.module.to(clone.device)
            clone.optimizer.learning_rate = lambda step: rates[min(len(losses), steps - 1)]
            step = clone._step(where, train=True)
            with kept_memory():
                for epoch in itertools.count():
                    with batches_of(source, epoch) as batches:
                        for batch in batches:
                            step.reset()
                            step.train(batch)
                            losses.append(float(step.loss_sum) / max(step.samples, 1))
                            advance(len(losses), steps)
                            if watch.ends(losses[-1]) or len(losses) == steps:
                                break
                    if watch.why or len(losses) == steps:
                        break
    finally:
        generators.load_state_dict(before)
    return RangeTest(
        rates=rates[: len(losses)],
        losses=losses,
        smoothed=_smooth(np.asarray(losses), watch.ceiling, steps),
        ended=watch.why or f"all {steps} steps were taken",
    )


def growing_rates(where: str, low: float, high: float, steps: int) -> list[float]:
    """Return the rate of each step, each larger than the one before by the same factor.

    Raises:
        ArgumentError: rates that are no positive numbers, or in the wrong order; fewer than 10 steps.

    Example:
        >>> [round(rate, 3) for rate in growing_rates("test", 0.001, 1.0, 10)[::3]]
        [0.001, 0.01, 0.1, 1.0]
    """
    import numpy as np

    integer(where, "steps", steps, minimum=_FEWEST)
    for name, value in (("min_rate", low), ("max_rate", high)):
        if number_in(where, name, value, 0.0, math.inf, open_high=True) == 0:
            raise ArgumentError(f"{where}: {name} must be above 0; received {value!r}.")
    if low >= high:
        raise ArgumentError(
            f"{where}: min_rate must be below max_rate; received {low:g} and {high:g}; the rate grows from the first to the second."
        )
    return [float(rate) for rate in np.geomspace(low, high, steps)]


class _Watch:
    """Says when the loss has exploded: the running mean of it, freed of its bias to 0, against the best so far."""

    def __init__(self) -> None:
        self.mean, self.count, self.best, self.why = 0.0, 0, math.inf, ""
        self._highest = self._before_best = 0.0  # losses

    @property
    def ceiling(self) -> float:
        """What no loss before the best was above, and none without an explosion is."""
        return max(self._before_best, EXPLODED * self.best if self.count else 0.0)

    def ends(self, loss: float) -> bool:
        if not math.isfinite(loss):
            self.why = f"the loss became {loss} at step {self.count + 1}"
            return True
        self.count, self._highest = self.count + 1, max(self._highest, loss)
        self.mean = _MEMORY * self.mean + (1 - _MEMORY) * loss
        now = self.mean / (1 - _MEMORY**self.count)
        if now > EXPLODED * self.best > 0:
            self.why = f"the loss was more than {EXPLODED:g} times its best at step {self.count}"
            return True
        if now <= self.best:
            self.best, self._before_best = now, self._highest
        return False


def _bell(steps: int) -> float:
    """Return the deviation of the bell that smooths, in steps."""
    return max(1.0, _WIDTH * steps)


def _smooth(losses: "np.ndarray", ceiling: float, steps: int) -> list[float]:
    """Return losses (n,) under a bell; one that looks both ways moves no slope to a larger rate."""
    import numpy as np
    from scipy.ndimage import gaussian_filter1d

    within = np.minimum(np.nan_to_num(losses, nan=ceiling, posinf=ceiling, neginf=ceiling), ceiling)
    return [float(value) for value in gaussian_filter1d(within, _bell(steps), mode="nearest")]


def _copy(model: "Model") -> Any:
    """Return a model with weights and optimizer of its own; history, states and metrics are left behind."""
    import torch

    clone: Any = copy.copy(model)
    clone.module, clone.optimizer, clone.precision = copy.deepcopy(
        (model.module, model.optimizer, model.precision)
    )
    clone.history = clone.training_state = None
    clone.state_parts, clone.compiled_metrics, clone.weighted_metrics = {}, [], []
    if torch.cuda.is_available() and clone.device.type == "cpu" and not clone.device_given:  # as `fit` does
        clone.module.to("cuda")
    return clone


class _Batches:
    """Batches by number and no more: an `on_epoch_end` of the user's own is not called, it may change the data."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, number: int) -> Any:
        return self.data[number]


@contextmanager
def _own(x: Any) -> Iterator[Any]:
    """Give data whose place is not moved by reading them, or put it back afterwards."""
    import torch

    from convolens.training.inputs.arrays import as_array

    if as_array(x) is not None or isinstance(x, (list, tuple, dict)) or x is None:
        yield x
    elif isinstance(x, torch.utils.data.DataLoader):
        generator = getattr(x, "generator", None)
        state = None if generator is None else generator.get_state()
        try:
            yield x
        finally:
            if generator is not None and state is not None:
                generator.set_state(state)
    elif hasattr(x, "__getitem__") and hasattr(x, "__len__"):
        yield copy.copy(x) if hasattr(x, "set_epoch") else _Batches(x)
    else:
        raise ArgumentTypeError(
            f"find_learning_rate: x must be arrays, batches that are known by number, or a DataLoader; received "
            f"{type(x).__name__}, whose batches would be gone afterwards. Give arrays, or a DataLoader."
        )
