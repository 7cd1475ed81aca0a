"""Runs: a folder of photos in, a run folder out; and what can be done with a run.

Example:
    >>> from pathlib import Path
    >>> TrainOptions(data=Path("photos"), model="conv-model", epochs=5).epochs
    5
"""

from convolens.data.decoding.preprocessing import Preprocessing
from convolens.options.check import CheckOptions
from convolens.options.fine_tuning import FineTuning
from convolens.options.resuming import ResumeOptions
from convolens.options.training import TrainOptions
from convolens.runs.answers.calibrate import CalibrateOptions, calibrate
from convolens.runs.answers.diff import Difference, diff
from convolens.runs.answers.evaluate import evaluate
from convolens.runs.answers.predict import predict
from convolens.runs.answers.sorting import sort_into, undo
from convolens.runs.explanation.explain import ExplainOptions, Explanation, explain
from convolens.runs.features.features import FeatureOptions, features
from convolens.runs.features.map_features import MapOptions, MapResult, map_features
from convolens.runs.features.neighbours import Neighbour, NeighbourOptions, neighbours
from convolens.runs.features.probe import ProbeOptions, ProbeResult, probe
from convolens.runs.folder.calibration_file import Calibration, read_calibration
from convolens.runs.folder.model_file import TrainedModel, load
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.lessons.convolve import ConvolveOptions, convolve
from convolens.runs.lessons.cost import CostOptions, cost
from convolens.runs.lessons.demo import demo
from convolens.runs.lessons.learning_rate import LearningRate, RangeOptions, find_learning_rate
from convolens.runs.photos.augment import AugmentOptions, augment
from convolens.runs.photos.check import CheckResult, check
from convolens.runs.report.evaluation import Evaluation
from convolens.runs.report.prediction import Prediction
from convolens.runs.settings.recipes import RECIPES
from convolens.runs.several.compare import CompareOptions, Comparison, compare
from convolens.runs.several.comparison_folder import Row
from convolens.runs.several.kfold import KFoldResult, kfold
from convolens.runs.training.outcome import TrainResult
from convolens.runs.whole_runs.finetune import finetune
from convolens.runs.whole_runs.resume import resume
from convolens.runs.whole_runs.train import train

__all__ = [
    "RECIPES",
    "AugmentOptions",
    "CalibrateOptions",
    "Calibration",
    "CheckOptions",
    "CheckResult",
    "CompareOptions",
    "Comparison",
    "ConvolveOptions",
    "CostOptions",
    "Difference",
    "Evaluation",
    "ExplainOptions",
    "Explanation",
    "FeatureOptions",
    "FineTuning",
    "KFoldResult",
    "LearningRate",
    "MapOptions",
    "MapResult",
    "Neighbour",
    "NeighbourOptions",
    "Prediction",
    "Preprocessing",
    "ProbeOptions",
    "ProbeResult",
    "RangeOptions",
    "ResumeOptions",
    "Row",
    "RunFolder",
    "TrainOptions",
    "TrainResult",
    "TrainedModel",
    "augment",
    "calibrate",
    "check",
    "compare",
    "convolve",
    "cost",
    "demo",
    "diff",
    "evaluate",
    "explain",
    "features",
    "find_learning_rate",
    "finetune",
    "kfold",
    "load",
    "map_features",
    "neighbours",
    "predict",
    "probe",
    "read_calibration",
    "resume",
    "sort_into",
    "train",
    "undo",
]
