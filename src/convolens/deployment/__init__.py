"""Deployment: a run as a file for other programs, which says what the run says; checked on photos when it is made, and at any time.

Example:
    >>> ExportOptions(format="onnx").raw
    False
"""

from convolens.deployment.check_export import ExportCheck, check_export
from convolens.deployment.description import Description
from convolens.deployment.engine import engine_of
from convolens.deployment.export import FORMATS, Exported, ExportOptions, export
from convolens.deployment.feature_engine import feature_engine
from convolens.deployment.onnx_model import Answers, OnnxModel
from convolens.deployment.parity import Parity
from convolens.deployment.predict import predict
from convolens.deployment.reduction import Reduction

__all__ = [
    "FORMATS",
    "Answers",
    "Description",
    "ExportCheck",
    "ExportOptions",
    "Exported",
    "OnnxModel",
    "Parity",
    "Reduction",
    "check_export",
    "engine_of",
    "export",
    "feature_engine",
    "predict",
]
