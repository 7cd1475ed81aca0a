"""Callbacks: functions called as training goes along, under Keras' names."""

from convolens.callbacks.backup_and_restore import BackupAndRestore
from convolens.callbacks.callback import Callback
from convolens.callbacks.callback_list import CallbackList
from convolens.callbacks.csv_logger import CSVLogger
from convolens.callbacks.early_stopping import EarlyStopping
from convolens.callbacks.history import History
from convolens.callbacks.lambda_callback import LambdaCallback
from convolens.callbacks.learning_rate_scheduler import LearningRateScheduler
from convolens.callbacks.model_checkpoint import ModelCheckpoint
from convolens.callbacks.monitor import MonitorCallback
from convolens.callbacks.older.base_logger import BaseLogger
from convolens.callbacks.older.remote_monitor import RemoteMonitor
from convolens.callbacks.progbar_logger import ProgbarLogger
from convolens.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from convolens.callbacks.swap_ema_weights import SwapEMAWeights
from convolens.callbacks.tensorboard import TensorBoard
from convolens.callbacks.terminate_on_nan import TerminateOnNaN
from convolens.missing import answer_for

CALLBACKS: dict[str, type[Callback]] = {
    "BackupAndRestore": BackupAndRestore,
    "BaseLogger": BaseLogger,
    "CSVLogger": CSVLogger,
    "EarlyStopping": EarlyStopping,
    "History": History,
    "LambdaCallback": LambdaCallback,
    "LearningRateScheduler": LearningRateScheduler,
    "ModelCheckpoint": ModelCheckpoint,
    "ProgbarLogger": ProgbarLogger,
    "ReduceLROnPlateau": ReduceLROnPlateau,
    "RemoteMonitor": RemoteMonitor,
    "SwapEMAWeights": SwapEMAWeights,
    "TensorBoard": TensorBoard,
    "TerminateOnNaN": TerminateOnNaN,
}

__all__ = [
    "CALLBACKS",
    "BackupAndRestore",
    "BaseLogger",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "MonitorCallback",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
