"""Looking at networks and at their training: what they cost, how they learnt, where they err; as plain objects.

`analysis.arithmetic` shows one convolution step by step, `analysis.explain` why a network says what it says of a photo;
`analysis.measures` tells how good and how sure answers are.
"""

from convolens.analysis import arithmetic, explain, measures
from convolens.analysis.charts.comparison_chart import Point, plot_comparison
from convolens.analysis.charts.confusion import plot_confusion_matrix
from convolens.analysis.charts.contact_sheet import contact_sheet
from convolens.analysis.charts.curves import plot_curves
from convolens.analysis.charts.feature_picture import plot_features
from convolens.analysis.charts.learning_rate_chart import plot_learning_rates
from convolens.analysis.charts.reliability_diagram import plot_reliability
from convolens.analysis.charts.threshold_chart import plot_precision_recall, plot_roc
from convolens.analysis.cost.costs import cost
from convolens.analysis.cost.model_cost import LayerCost, ModelCost, TrainingCost
from convolens.analysis.cost.receptive_field import ReceptiveField
from convolens.analysis.graph.plot_model import plot_model
from convolens.analysis.learning_rate import RangeTest, find_learning_rate

__all__ = [
    "LayerCost",
    "ModelCost",
    "Point",
    "RangeTest",
    "ReceptiveField",
    "TrainingCost",
    "arithmetic",
    "contact_sheet",
    "cost",
    "explain",
    "find_learning_rate",
    "measures",
    "plot_comparison",
    "plot_confusion_matrix",
    "plot_curves",
    "plot_features",
    "plot_learning_rates",
    "plot_model",
    "plot_precision_recall",
    "plot_reliability",
    "plot_roc",
]
