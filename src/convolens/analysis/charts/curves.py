"""plot_curves: loss and accuracy of a training, epoch by epoch, with the best and the last model circled."""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from convolens.analysis.charts.pictures import new_figure, save_figure
from convolens.arguments import did_you_mean, integer, one_of
from convolens.errors import ArgumentError, ShapeError, UnknownNameError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ACCURACIES = (
    "accuracy",
    "acc",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
)
_TRAINING, _VALIDATION = "tab:blue", "tab:orange"
_BEST, _LAST = "green", "purple"  # the lecture's colours
_FEW = 60  # epochs up to which each has a dot

Curve = tuple[list[int], list[float]]  # epochs counted from 1, values


def plot_curves(
    history: Mapping[str, Sequence[float]],
    path: str | PathLike[str] | None = None,
    best_epoch: int | None = None,
    monitor: str = "val_loss",
    mode: str = "auto",
    val_epochs: Sequence[int] | None = None,
) -> "Figure":
    """Draw the loss, and where there is one the accuracy, of training and validation.

    The best epoch is circled in green and the last in purple, on the validation's curves where there are
    some, else on the training's; the legends give both with epoch and value.

    Args:
        history: `History.history`: a name -> one value an epoch; NaN leaves a gap. Metrics other than loss
            and accuracy are not drawn.
        path: a PNG file to write; its folder is made. None writes nothing.
        best_epoch: the epoch to circle, counted from 1; None takes the best by `monitor`, the first of equals.
        monitor: whose best value to circle; NaN is never best. Without validation, a `val_...` circles none.
        mode: "min", "max", or "auto": by the monitor's name.
        val_epochs: the epochs, counted from 1, of the validation's values where it was not run after each
            (`validation_freq`); None takes the last ones.

    Returns:
        the figure, one panel a measure.

    Raises:
        ArgumentError: no loss in the history, or an epoch that it does not have.
        ShapeError: `val_epochs` of another length than the validation's values.
        UnknownNameError: a monitor that the history does not have.

    Example:
        >>> figure = plot_curves({"loss": [2.0, 1.0], "val_loss": [2.2, 1.9]})
        >>> figure.axes[0].get_legend().get_texts()[2].get_text()
        'best: epoch 2, val_loss 1.9'
    """
    curves = _curves(history, val_epochs)
    epochs = max((max(numbers) for numbers, _ in curves.values() if numbers), default=0)
    if "loss" not in curves or not epochs:
        raise ArgumentError(
            "plot_curves: the history has no loss of any epoch; it has "
            f"{', '.join(history) or 'nothing'}. Give History.history after fit."
        )
    best = _best_epoch(curves, epochs, best_epoch, monitor, mode)
    measures = ["loss", *[name for name in _ACCURACIES if name in curves][:1]]
    figure = new_figure(6.4 * len(measures), 4.4)
    for number, measure in enumerate(measures):
        axes = figure.add_subplot(1, len(measures), number + 1)
        _panel(axes, measure, curves, best, epochs)
    save_figure(figure, path)
    return figure


def _curves(history: Mapping[str, Sequence[float]], val_epochs: Sequence[int] | None) -> dict[str, Curve]:
    """Return each name's epochs and values; the validation's shorter ones at the right epochs."""
    epochs = max((len(values) for name, values in history.items() if not name.startswith("val_")), default=0)
    curves = {}
    for name, values in history.items():
        numbers = list(range(1, len(values) + 1))
        if name.startswith("val_"):
            if val_epochs is not None:
                numbers = [integer("plot_curves", "val_epochs", epoch) for epoch in val_epochs]
            elif len(values) < epochs:
                numbers = list(range(epochs - len(values) + 1, epochs + 1))
        if len(numbers) != len(values):
            raise ShapeError(
                f"plot_curves: val_epochs has {len(numbers)} epochs, but {name} has {len(values)} values; "
                "give one epoch a value."
            )
        curves[name] = (numbers, [float(value) for value in values])
    return curves


def _best_epoch(
    curves: Mapping[str, Curve], epochs: int, given: int | None, monitor: str, mode: str
) -> int | None:
    from convolens.callbacks.monitor import MODES, best_place, larger_is_better

    one_of("plot_curves", "mode", mode, MODES)
    if given is not None:
        if integer("plot_curves", "best_epoch", given) > epochs:
            raise ArgumentError(
                f"plot_curves: best_epoch {given} is not in the history of {epochs} epochs; count from 1."
            )
        return given
    if monitor not in curves:
        if monitor.startswith("val_") and not any(name.startswith("val_") for name in curves):
            return None
        raise UnknownNameError(
            f"plot_curves: the history has no {monitor!r}.{did_you_mean(monitor, curves)} "
            f"It has {', '.join(curves)}."
        )
    numbers, values = curves[monitor]
    place = best_place(values, bool(larger_is_better(monitor, mode)))
    return None if place is None else numbers[place]


def _panel(axes: Any, measure: str, curves: Mapping[str, Curve], best: int | None, epochs: int) -> None:
    from matplotlib.ticker import MaxNLocator

    validation = f"val_{measure}"
    dots = "." if epochs <= _FEW else None
    axes.plot(*curves[measure], color=_TRAINING, marker=dots, label="training")
    if validation in curves:
        often = len(curves[validation][0]) == epochs
        axes.plot(*curves[validation], color=_VALIDATION, marker=dots if often else ".", label="validation")
    circled = validation if validation in curves else measure
    numbers, values = curves[circled]
    at = dict(zip(numbers, values, strict=True))
    if best in at:
        _circle(axes, best, at[best], _BEST, 11, f"best: epoch {best}, {circled} {at[best]:.4g}")
    if numbers:
        last = max(numbers)
        _circle(axes, last, at[last], _LAST, 16, f"last: epoch {last}, {circled} {at[last]:.4g}")
    axes.set_xlabel("epoch")
    axes.set_ylabel(measure.replace("_", " "))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    room = 0.5 if epochs < 20 else 0.025 * epochs
    axes.set_xlim(1 - room, epochs + room)
    axes.margins(y=0.08)  # so that no circle is cut
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small", markerscale=0.6)


def _circle(axes: Any, epoch: int, value: float, color: str, size: float, label: str) -> None:
    """Draw an open circle; the last one is wider, so that both are seen where they fall together."""
    axes.plot(
        [epoch],
        [value],
        linestyle="none",
        marker="o",
        markersize=size,
        markerfacecolor="none",
        markeredgecolor=color,
        markeredgewidth=2,
        label=label,
        zorder=5,
    )
