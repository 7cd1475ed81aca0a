"""Looking at networks and at their training: what they cost, how they learnt, where they err; as plain objects."""

from convolens.analysis.comparison_chart import Point, plot_comparison
from convolens.analysis.confusion import plot_confusion_matrix
from convolens.analysis.contact_sheet import contact_sheet
from convolens.analysis.cost import Cost, count
from convolens.analysis.curves import plot_curves
from convolens.analysis.learning_rate import RangeTest, find_learning_rate
from convolens.analysis.learning_rate_chart import plot_learning_rates

__all__ = [
    "Cost",
    "Point",
    "RangeTest",
    "contact_sheet",
    "count",
    "find_learning_rate",
    "plot_comparison",
    "plot_confusion_matrix",
    "plot_curves",
    "plot_learning_rates",
]
