"""Looking at networks and at their training: what they cost, how they learnt, where they err; as plain objects.

`analysis.arithmetic` shows one convolution step by step.
"""

from convolens.analysis import arithmetic
from convolens.analysis.confusion import plot_confusion_matrix
from convolens.analysis.contact_sheet import contact_sheet
from convolens.analysis.cost import Cost, count
from convolens.analysis.curves import plot_curves

__all__ = ["Cost", "arithmetic", "contact_sheet", "count", "plot_confusion_matrix", "plot_curves"]
