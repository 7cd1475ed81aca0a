"""TensorBoard: scalars and histograms of a training as TensorBoard's own files, under Keras' names."""

import importlib.util
import os
import time
import warnings
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from convolens.arguments import integer, refuse_unknown
from convolens.callbacks.callback import Callback, Logs
from convolens.errors import ArgumentError, ExtraMissingError, WriteError

TRAIN, VALIDATION = "train", "validation"
_SUFFIX = ".convolens"  # of the names of our files: those after a state are taken away, and no others


_OLDER = ("write_grads", "batch_size", "embeddings_layer_names", "embeddings_data")


class TensorBoard(Callback):
    """Writes `log_dir/train` and `log_dir/validation` for `tensorboard --logdir LOG_DIR`, with the names that Keras gives.

    After each epoch (from 0): `epoch_loss`, `epoch_accuracy` and so on, and `epoch_learning_rate` of the next step. After each
    validation `evaluation_loss_vs_iterations`. A training that goes on from a state cuts off what was written after it, so no
    step is there twice. What cannot be written later (a full disk) is said once, and the training goes on.

    Args:
        log_dir: a folder; it is made.
        histogram_freq: histograms of all weights every so many epochs; 0 for none.
        write_graph, write_images, profile_batch, embeddings_freq, embeddings_metadata: accepted, with a warning that
            nothing is written for them. (Keras' default for write_graph is True; here it is False.)
        options: Keras 2's `write_grads`, `batch_size`, `embeddings_layer_names`, `embeddings_data` are accepted; nothing is written for them.
        write_steps_per_second: `epoch_steps_per_second`, and `batch_steps_per_second` where batches are written.
        update_freq: "epoch", "batch", or a number of batches after which `batch_loss` and so on are written too. Values of
            a batch are the means of the epoch so far.

    Raises:
        ExtraMissingError: the package `tensorboard` is not installed. ArgumentError: another update_freq.
        WriteError: before the first epoch, a folder that cannot be written.

    Example:
        >>> TensorBoard("logs", update_freq=10).update_freq
        10

    Source: Keras 3 `keras.callbacks.TensorBoard`.
    """

    only_writes = True

    def __init__(
        self,
        log_dir: str | PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = False,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: str | int = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
        **options: Any,
    ) -> None:
        super().__init__()
        refuse_unknown("TensorBoard", options, _OLDER)
        if importlib.util.find_spec("tensorboard") is None:
            raise ExtraMissingError(
                "TensorBoard: the package tensorboard is not installed; pip install 'convolens[tensorboard]', or use CSVLogger."
            )
        without_effect = {
            "write_graph": write_graph, "write_images": write_images, "profile_batch": profile_batch,
            "embeddings_freq": embeddings_freq, "embeddings_metadata": embeddings_metadata,
        }  # fmt: skip
        asked = [f"{name}={value!r}" for name, value in without_effect.items() if value]
        if asked:
            warnings.warn(
                f"TensorBoard: nothing is written for {', '.join(asked)}; leave it out. `model.summary()` shows the network.",
                stacklevel=2,
            )
        if isinstance(update_freq, str) and update_freq not in ("epoch", "batch"):
            raise ArgumentError(
                f"TensorBoard: update_freq must be 'epoch', 'batch' or a number of batches; received {update_freq!r}."
            )
        self.log_dir = Path(log_dir)
        self.histogram_freq = integer("TensorBoard", "histogram_freq", histogram_freq, minimum=0)
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = update_freq
        self._every = {"epoch": 0, "batch": 1}.get(update_freq) if isinstance(update_freq, str) else None
        if self._every is None:
            self._every = integer("TensorBoard", "update_freq", update_freq)
        self.batches = 0
        self._kept: dict[str, int] | None = None
        self._writers: dict[str, Any] = {}
        self._failed = False
        self._began, self._batches_at_epoch, self._batch_began = 0.0, 0, 0.0

    def on_train_begin(self, logs: Logs = None) -> None:
        self._close()
        self._failed = False
        kept, self._kept = self._kept, None
        if kept is None:
            self.batches = 0
        try:
            self.log_dir.mkdir(parents=True, exist_ok=True)
            if kept is not None:
                self._cut_off(kept)
            self._writer(TRAIN)
        except OSError as error:
            raise WriteError(
                f"TensorBoard: cannot write into {self.log_dir} ({error.strerror}); give another log_dir."
            ) from error

    def _writer(self, name: str) -> Any:
        from torch.utils.tensorboard import SummaryWriter

        if name not in self._writers:
            self._writers[name] = SummaryWriter(str(self.log_dir / name), filename_suffix=_SUFFIX)
        return self._writers[name]

    def _files(self) -> dict[str, Path]:
        """Return our event files by their names within `log_dir`."""
        found = self.log_dir.glob(f"*/events.out.tfevents.*{_SUFFIX}")
        return {path.relative_to(self.log_dir).as_posix(): path for path in found}

    def _cut_off(self, kept: dict[str, int]) -> None:
        """Take away what was written after the state that is gone on from."""
        for name, path in self._files().items():
            if name not in kept:
                path.unlink()
            elif path.stat().st_size > kept[name]:
                os.truncate(path, kept[name])

    def _write(self, name: str, values: dict[str, Any], step: int) -> None:
        if self._failed or not values:
            return
        try:
            writer = self._writer(name)
            for tag, value in values.items():
                if np.ndim(value) == 0:
                    writer.add_scalar(tag, float(value), step)
            writer.flush()
        except OSError as error:
            self._failed = True
            print(
                f"TensorBoard: {self.log_dir} is not written any further, training goes on: {error.strerror}."
            )

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self._began, self._batches_at_epoch = time.perf_counter(), self.batches

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
        self._batch_began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        self.batches += 1
        if not self._every or self.batches % self._every:
            return
        values = {f"batch_{name}": value for name, value in (logs or {}).items()}
        if self.write_steps_per_second:
            values["batch_steps_per_second"] = 1 / max(time.perf_counter() - self._batch_began, 1e-9)
        self._write(TRAIN, values, self.batches)

    def on_test_end(self, logs: Logs = None) -> None:
        values = {f"evaluation_{name}_vs_iterations": value for name, value in (logs or {}).items()}
        self._write(VALIDATION, values, int(self.model.optimizer.iterations))

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        logs = dict(logs or {})
        train = {f"epoch_{name}": value for name, value in logs.items() if not name.startswith("val_")}
        train["epoch_learning_rate"] = self.model.optimizer.learning_rate
        if self.write_steps_per_second:
            seconds = max(time.perf_counter() - self._began, 1e-9)
            train["epoch_steps_per_second"] = (self.batches - self._batches_at_epoch) / seconds
        validation = {
            f"epoch_{name.removeprefix('val_')}": value
            for name, value in logs.items()
            if name.startswith("val_")
        }
        self._write(TRAIN, train, epoch)
        self._write(VALIDATION, validation, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_histograms(epoch)

    def _write_histograms(self, epoch: int) -> None:
        if self._failed:
            return
        writer = self._writer(TRAIN)
        for name, parameter in self.model.module.named_parameters():
            writer.add_histogram(f"{name.replace('.', '/')}/histogram", parameter.detach().cpu(), epoch)
        writer.flush()

    def _close(self) -> None:
        writers, self._writers = self._writers, {}
        for writer in writers.values():
            writer.close()

    def on_train_end(self, logs: Logs = None) -> None:
        self._close()

    def on_train_abort(self) -> None:
        self._close()

    def state_dict(self) -> dict[str, Any]:
        """Return the batches so far, and how long each file is: all of it is on disk."""
        for writer in self._writers.values():
            writer.flush()
        return {
            "batches": self.batches,
            "files": {name: path.stat().st_size for name, path in sorted(self._files().items())},
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.batches = int(state["batches"])
        self._kept = dict(state["files"])
