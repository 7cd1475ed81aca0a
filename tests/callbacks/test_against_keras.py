"""Callbacks decide and write as Keras' do, on the same logs."""

import re
import tempfile
import warnings
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import keras
import numpy as np
import pytest
from hypothesis import given, settings

import convolens
from callbacks.tiny import drive, model
from convolens import callbacks, metrics
from convolens.callbacks.monitor import larger_is_better
from needed_arguments import NEEDED

LIBRARIES = (convolens, keras)
EIGHTHS = st.integers(-12, 12).map(lambda number: number / 8)  # exact in float32, in which Keras compares
MONITORS = st.sampled_from([("val_loss", "auto"), ("val_loss", "max"), ("accuracy", "auto"), ("loss", "min")])


@st.composite
def watched_logs(draw: Any, missing: bool = True) -> tuple[str, str, list[dict[str, float]]]:
    """A monitor, a mode, and logs in which it now and then is missing."""
    monitor, mode = draw(MONITORS)
    size = draw(st.integers(1, 14))
    value = st.one_of(EIGHTHS, EIGHTHS, EIGHTHS, EIGHTHS, st.none()) if missing else EIGHTHS
    values = draw(st.lists(value, min_size=size, max_size=size))
    return monitor, mode, [{"other": 1.0} | ({} if v is None else {monitor: v}) for v in values]


@given(
    logs=watched_logs(),
    again=watched_logs(),
    patience=st.integers(0, 3),
    min_delta=st.sampled_from([0, 0.125, -0.5, 1]),
    baseline=st.none() | EIGHTHS,
    start=st.integers(0, 3),
    restore=st.booleans(),
)
def test_early_stopping(
    logs: Any, again: Any, patience: int, min_delta: float, baseline: Any, start: int, restore: bool
) -> None:
    monitor, mode, epochs = logs
    options = {
        "monitor": monitor, "mode": mode, "patience": patience, "min_delta": min_delta, "baseline": baseline,
        "start_from_epoch": start, "restore_best_weights": restore, "verbose": 1,
    }  # fmt: skip
    ours, theirs = (library.callbacks.EarlyStopping(**options) for library in LIBRARIES)
    for epochs in (logs[2], [dict(item) for item in again[2]]):
        assert drive(ours, model(), epochs) == drive(theirs, model(keras), epochs)
        assert (ours.best_epoch, ours.wait, ours.stopped_epoch) == (
            theirs.best_epoch, theirs.wait, theirs.stopped_epoch,
        )  # fmt: skip


def rounded(text: str) -> str:
    """Return text with its numbers to five digits: Keras keeps learning rates in float32."""
    return re.sub(r"\d+\.\d+(e-\d+)?|\d+e-\d+", lambda found: f"{float(found[0]):.5g}", text)


@given(
    logs=watched_logs(),
    patience=st.integers(0, 3),
    factor=st.sampled_from([0.1, 0.5, 0.9]),
    cooldown=st.integers(0, 3),
    min_delta=st.sampled_from([0.0, 1e-4, 0.5]),
    min_lr=st.sampled_from([0.0, 0.001, 0.006, 0.1]),
)
def test_reduce_lr_on_plateau(
    logs: Any, patience: int, factor: float, cooldown: int, min_delta: float, min_lr: float
) -> None:
    monitor, mode, epochs = logs
    options = {
        "monitor": monitor, "mode": mode, "patience": patience, "factor": factor, "cooldown": cooldown,
        "min_delta": min_delta, "min_lr": min_lr, "verbose": 1,
    }  # fmt: skip
    ours, theirs = (library.callbacks.ReduceLROnPlateau(**options) for library in LIBRARIES)
    for _ in range(2):
        mine, other = drive(ours, model(), epochs), drive(theirs, model(keras), epochs)
        np.testing.assert_allclose(mine.pop("rates"), other.pop("rates"), rtol=1e-5)
        assert rounded(mine.pop("printed")) == rounded(other.pop("printed"))
        assert mine == other


def of_epoch(epoch: int) -> float:
    return 0.1 / (1 + epoch)


def of_epoch_and_rate(epoch: int, rate: float) -> float:
    return rate * 0.5 if epoch % 2 else rate


def with_keyword(epoch: int, *, drop: float = 0.5) -> float:
    return drop**epoch


def with_default(epoch: int, drop: float = 0.5) -> float:
    return 0.9 * drop


def of_anything(*arguments: float) -> float:
    return 0.01 * len(arguments)


@pytest.mark.parametrize("schedule", [of_epoch, of_epoch_and_rate, with_keyword, with_default, of_anything])
def test_learning_rate_scheduler(schedule: Any) -> None:
    results = []
    for library in LIBRARIES:
        callback = library.callbacks.LearningRateScheduler(schedule, verbose=1)
        results.append(drive(callback, model(library), [{"loss": 1.0}] * 5))
    mine, other = results
    np.testing.assert_allclose(mine.pop("rates"), other.pop("rates"), rtol=1e-6)
    assert rounded(mine.pop("printed")) == rounded(other.pop("printed"))
    assert mine == other
    assert mine["names"][0] == ["learning_rate", "loss"]


CELLS = st.one_of(
    st.floats(allow_nan=False, width=32),
    st.integers(-5, 5),
    st.floats(width=32).map(np.float32),
    st.text("ab,; \"'", max_size=5),
    st.lists(st.integers(0, 3) | st.floats(0, 1, width=16), min_size=1, max_size=3).map(np.array),
    st.floats(0, 1, width=16).map(np.array),
)


@settings(max_examples=60)
@given(
    names=st.sets(
        st.sampled_from(["loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"]), min_size=1
    ),
    data=st.data(),
    separator=st.sampled_from([",", ";", "\t"]),
    append=st.booleans(),
)
def test_csv_logger_writes_the_same_file(names: set[str], data: Any, separator: str, append: bool) -> None:
    fits = [
        [
            {name: data.draw(CELLS) for name in sorted(names) if epoch == 0 or data.draw(st.booleans())}
            for epoch in range(3)
        ]
        for _ in range(2)
    ]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for library in LIBRARIES:
            files.append(Path(folder, f"{library.__name__}.csv"))
            callback = library.callbacks.CSVLogger(str(files[-1]), separator=separator, append=append)
            for logs in fits:
                drive(callback, model(library), logs)
        assert files[0].read_bytes() == files[1].read_bytes()


def saved_and_said(library: Any, folder: Path, template: str, logs: Any, steps: Any, **options: Any) -> Any:
    callback = library.callbacks.ModelCheckpoint(str(folder / template), verbose=1, **options)
    result = drive(callback, model(library), logs, steps)
    lines = result["printed"].replace(str(folder), "").splitlines()
    start = "-inf" if callback.monitor == "accuracy" or callback.mode == "max" else "inf"
    said = [re.sub(r"from None\b", f"from {start}", line) for line in lines if "finished saving" not in line]
    return sorted(path.name for path in folder.iterdir()), [line for line in said if line], callback.best


@settings(max_examples=25)
@given(
    logs=watched_logs(missing=False),
    template=st.sampled_from(["w.{epoch:02d}-{%s:.2f}", "best", "{epoch}", "w.{%s:.3f}"]),
    ending=st.sampled_from([".weights.h5", ".keras", ".h5"]),
    best_only=st.booleans(),
    threshold=st.none() | EIGHTHS,
)
def test_model_checkpoint_after_epochs(
    logs: Any, template: str, ending: str, best_only: bool, threshold: Any
) -> None:
    monitor, mode, epochs = logs
    name = (template % monitor if "%" in template else template) + ending
    options = {
        "monitor": monitor, "mode": mode, "save_best_only": best_only, "initial_value_threshold": threshold,
        "save_weights_only": ending == ".weights.h5",
    }  # fmt: skip
    results = []
    for library in LIBRARIES:
        with tempfile.TemporaryDirectory() as folder:
            results.append(saved_and_said(library, Path(folder), name, epochs[:6], None, **options))
    assert results[0] == results[1]


@settings(max_examples=15)
@given(steps=st.lists(st.integers(1, 7), min_size=1, max_size=4), save_freq=st.integers(1, 9))
def test_model_checkpoint_after_steps(steps: list[int], save_freq: int) -> None:
    logs = [[{"loss": 0.5 + batch} for batch in range(count)] for count in steps]
    name = "w.{epoch:02d}-{batch:03d}-{loss:.1f}.weights.h5"
    options = {"save_freq": save_freq, "save_weights_only": True}
    results = []
    for library in LIBRARIES:
        with tempfile.TemporaryDirectory() as folder:
            epochs = [{"val_loss": 1.0}] * len(steps)
            results.append(saved_and_said(library, Path(folder), name, epochs, logs, **options))
    assert results[0] == results[1]


@settings(max_examples=40)
@given(
    losses=st.lists(
        st.sampled_from([0.5, 2.0, 1e30, float("nan"), float("inf"), -float("inf")]), min_size=1, max_size=5
    )
)
def test_terminate_on_nan(losses: list[float]) -> None:
    steps = [[{"loss": loss} for loss in losses]] * 2
    epochs = [{"loss": 1.0}] * 2
    ours, theirs = (library.callbacks.TerminateOnNaN() for library in LIBRARIES)
    assert drive(ours, model(), epochs, steps) == drive(theirs, model(keras), epochs, steps)


@pytest.mark.parametrize("name", sorted({*metrics.METRICS, "loss", "wobble", "mean"}))
def test_auto_mode_is_that_of_keras(name: str) -> None:
    """What Keras reads from the metric, we do; where it cannot tell, we cannot either."""
    if name == "acc":
        return  # no metric of that name in Keras 3
    made = theirs = None
    if name not in ("loss", "wobble"):
        kind = metrics.METRICS[name].__name__
        needed = NEEDED.get(kind)
        made = metrics.METRICS[name](**needed) if needed else metrics.get(name)
        theirs = getattr(keras.metrics, kind)(**needed) if needed else keras.metrics.get(name)
    direction = getattr(theirs, "_direction", {"loss": "down"}.get(name))
    expected = {"up": True, "down": False, None: None}[direction]
    assert larger_is_better(f"val_{name}", "auto") == expected
    if made is not None:
        made.name = "of_my_own"
        assert larger_is_better("val_of_my_own", "auto", [made]) == expected


def test_history_has_the_keys_of_keras_in_its_order() -> None:
    x, y = np.random.default_rng(0).random((8, 2), dtype=np.float32), np.ones((8, 1), np.float32)

    def adding(library: Any) -> Any:
        return library.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(own=epoch))

    made: list[Any] = [
        lambda library: [],
        lambda library: [library.callbacks.LearningRateScheduler(of_epoch)],
        lambda library: [library.callbacks.ReduceLROnPlateau(patience=1, min_delta=10.0)],
        lambda library: [library.callbacks.ReduceLROnPlateau(), adding(library)],
        lambda library: [
            adding(library), library.callbacks.EarlyStopping("own", mode="min"), library.callbacks.TerminateOnNaN(),
        ],
        lambda library: [library.callbacks.History(), adding(library)],
    ]  # fmt: skip
    options: list[dict[str, Any]] = [{}, {"validation_freq": 2}, {"initial_epoch": 1}]
    for callback_list in made:
        for option in options:
            found = []
            for library in LIBRARIES:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # both say where an epoch has no val_loss
                    history = model(library).fit(
                        x, y, epochs=3, verbose=0, validation_data=(x, y), callbacks=callback_list(library),
                        **option,
                    )  # fmt: skip
                found.append(
                    (history.epoch, [(name, len(values)) for name, values in history.history.items()])
                )
            assert found[0][0] == found[1][0]
            assert sorted(found[0][1]) == sorted(found[1][1])
            added = [name for name, _ in found[0][1] if name in ("own", "learning_rate")]
            assert added == [name for name, _ in found[1][1] if name in ("own", "learning_rate")]


OURS = ("on_train_abort", "on_train_resume", "on_checkpoint", "on_epoch_resume")
HOOKS = [name for name in vars(callbacks.Callback) if name.startswith("on_") and name not in OURS]


def recorder(library: Any, hooks: list[str], parent: bool) -> tuple[Any, list[Any]]:
    """A callback that overrides hooks, notes its calls, and may call its parent's."""
    events: list[Any] = []

    def note(name: str) -> Any:
        def with_number(self: Any, number: int, logs: Any = None) -> None:
            events.append((name, number, sorted(logs or {})))
            if parent:
                getattr(super(kind, self), name)(number, logs)

        def without(self: Any, logs: Any = None) -> None:
            events.append((name, sorted(logs or {})))
            if parent:
                getattr(super(kind, self), name)(logs)

        return with_number if "batch" in name or "epoch" in name else without

    kind = type("Recorder", (library.callbacks.Callback,), {name: note(name) for name in hooks})
    return kind(), events


@pytest.mark.parametrize("parent", [False, True])
@pytest.mark.parametrize(
    "hooks", [HOOKS, ["on_batch_begin", "on_batch_end"], ["on_train_batch_begin", "on_batch_end"]], ids=len
)
def test_the_same_hooks_in_the_same_order(hooks: list[str], parent: bool) -> None:
    x, y = np.zeros((5, 2), np.float32), np.ones((5, 1), np.float32)
    found = []
    for library in LIBRARIES:
        callback, events = recorder(library, hooks, parent)
        trained = model(library)
        trained.fit(x, y, batch_size=2, epochs=2, verbose=0, callbacks=[callback])
        trained.evaluate(x, y, batch_size=2, verbose=0, callbacks=[callback])
        trained.predict(x, batch_size=2, verbose=0, callbacks=[callback])
        found.append(events)
    assert found[0] == found[1]
    assert len(found[0]) > 8
