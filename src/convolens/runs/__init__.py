"""Runs: a folder of photos in, a run folder out; and what can be done with a run.

Example:
    >>> from pathlib import Path
    >>> TrainOptions(data=Path("photos"), model="conv-model", epochs=5).epochs
    5
"""

from convolens.data.preprocessing import Preprocessing
from convolens.runs.augment import AugmentOptions, augment
from convolens.runs.calibrate import CalibrateOptions, calibrate
from convolens.runs.calibration_file import Calibration, read_calibration
from convolens.runs.check import CheckResult, check
from convolens.runs.check_options import CheckOptions
from convolens.runs.compare import CompareOptions, Comparison, compare
from convolens.runs.comparison_folder import Row
from convolens.runs.convolve import ConvolveOptions, convolve
from convolens.runs.cost import CostOptions, cost
from convolens.runs.demo import demo
from convolens.runs.diff import Difference, diff
from convolens.runs.evaluate import evaluate
from convolens.runs.evaluation import Evaluation
from convolens.runs.explain import ExplainOptions, Explanation, explain
from convolens.runs.features import FeatureOptions, features
from convolens.runs.finetune import finetune
from convolens.runs.finetuning import FineTuning
from convolens.runs.folder import RunFolder
from convolens.runs.kfold import KFoldResult, kfold
from convolens.runs.learning_rate import LearningRate, RangeOptions, find_learning_rate
from convolens.runs.map_features import MapOptions, MapResult, map_features
from convolens.runs.model_file import TrainedModel, load
from convolens.runs.neighbours import Neighbour, NeighbourOptions, neighbours
from convolens.runs.options import TrainOptions
from convolens.runs.predict import predict
from convolens.runs.prediction import Prediction
from convolens.runs.probe import ProbeOptions, ProbeResult, probe
from convolens.runs.recipes import RECIPES
from convolens.runs.resume import ResumeOptions, resume
from convolens.runs.session import TrainResult
from convolens.runs.sorting import sort_into, undo
from convolens.runs.train import train

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
