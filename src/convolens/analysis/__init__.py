"""Looking at networks and at their training: what they cost, how they learnt, where they err; as plain objects.

`analysis.arithmetic` shows one convolution step by step.
"""

from convolens.analysis import arithmetic
from convolens.analysis.confusion import plot_confusion_matrix
from convolens.analysis.contact_sheet import contact_sheet
from convolens.analysis.costs import cost
from convolens.analysis.curves import plot_curves
from convolens.analysis.model_cost import LayerCost, ModelCost, TrainingCost
from convolens.analysis.plot_model import plot_model
from convolens.analysis.receptive_field import ReceptiveField

__all__ = [
    "LayerCost",
    "ModelCost",
    "ReceptiveField",
    "TrainingCost",
    "arithmetic",
    "contact_sheet",
    "cost",
    "plot_confusion_matrix",
    "plot_curves",
    "plot_model",
]
