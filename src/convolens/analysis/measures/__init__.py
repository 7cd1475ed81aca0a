"""Measures of class probabilities, on plain arrays: calibration, "unknown", intervals, curves, two classifiers compared.

Probabilities are (n, classes), float, each row summing to 1; labels are class numbers, int (n,).
"""

from convolens.analysis.measures.bootstrap import Interval, accuracy_and_f1_intervals
from convolens.analysis.measures.calibration import (
    cross_fitted,
    expected_calibration_error,
    fit_temperature,
    reliability,
    temper,
)
from convolens.analysis.measures.class_scores import ClassScore, Scores, score
from convolens.analysis.measures.conformal import class_p_values, enough_for, p_values, threshold
from convolens.analysis.measures.label_scores import LabelScore, LabelScores, reached, score_labels
from convolens.analysis.measures.mcnemar import mcnemar
from convolens.analysis.measures.multi_label import average_precisions, best_thresholds, label_curves
from convolens.analysis.measures.novelty import FeatureDistance
from convolens.analysis.measures.thresholds import ThresholdCurves, areas, threshold_curves

__all__ = [
    "ClassScore",
    "FeatureDistance",
    "Interval",
    "LabelScore",
    "LabelScores",
    "Scores",
    "ThresholdCurves",
    "accuracy_and_f1_intervals",
    "areas",
    "average_precisions",
    "best_thresholds",
    "class_p_values",
    "cross_fitted",
    "enough_for",
    "expected_calibration_error",
    "fit_temperature",
    "label_curves",
    "mcnemar",
    "p_values",
    "reached",
    "reliability",
    "score",
    "score_labels",
    "temper",
    "threshold",
    "threshold_curves",
]
