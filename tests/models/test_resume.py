"""fit killed at any batch and run again is fit run once, for every kind of data, metric and callback."""

import gc
import warnings
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given, settings

import convolens as keras
from convolens import callbacks
from convolens.callbacks import BackupAndRestore, Callback, LambdaCallback, ModelCheckpoint
from convolens.checkpoints.state import list_states, read_state, write_state
from convolens.errors import ArgumentError, CheckpointError, MissingFileError, WriteError
from convolens.preprocessing.image import ImageDataGenerator
from convolens.utils import set_random_seed

RNG = np.random.default_rng(3)
X = RNG.random((22, 6, 6, 3), dtype=np.float32)
Y = RNG.integers(0, 2, (22, 1)).astype(np.float32)
BATCH, EPOCHS, STEPS = 5, 4, 5


class Sequence:
    """Batches by number, in an order that its own generator changes after each epoch, as Keras' Sequence may."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(5)
        self.order = np.arange(len(X))

    def __len__(self) -> int:
        return STEPS

    def __getitem__(self, number: int) -> Any:
        rows = self.order[number * BATCH : (number + 1) * BATCH]
        return X[rows], Y[rows]

    def on_epoch_end(self) -> None:
        self.rng.shuffle(self.order)


class Varied(torch.utils.data.Dataset[Any]):
    """Samples with noise of the global generators: what a resumed loader must not draw twice."""

    def __len__(self) -> int:
        return len(X)

    def __getitem__(self, index: int) -> Any:
        noise = torch.rand(6, 6, 3) * 0.1 + float(np.random.rand()) * 0.1
        return (torch.from_numpy(X[index]) + noise).permute(2, 0, 1), torch.from_numpy(Y[index])


def endless() -> Iterator[Any]:
    rng = np.random.default_rng(9)
    while True:
        rows = rng.integers(0, len(X), BATCH)
        yield X[rows], Y[rows]


def loader(generator: int | None = None) -> Any:
    own = None if generator is None else torch.Generator().manual_seed(generator)
    return torch.utils.data.DataLoader(Varied(), BATCH, shuffle=True, generator=own)


# name -> the arguments of fit, made anew for each process
DATA: dict[str, Callable[[], dict[str, Any]]] = {
    "arrays": lambda: {"x": X, "y": Y, "batch_size": BATCH, "validation_split": 0.2, "seed": 7},
    "ImageDataGenerator": lambda: {
        "x": ImageDataGenerator(rotation_range=20, horizontal_flip=True).flow(X, Y, BATCH, seed=2),
        "validation_data": (X[:6], Y[:6]),
    },
    "Sequence": lambda: {"x": Sequence(), "validation_data": Sequence()},
    "generator": lambda: {"x": endless(), "steps_per_epoch": STEPS, "validation_data": endless(), "validation_steps": 2},
    "list of batches": lambda: {"x": [(X[:9], Y[:9]), (X[9:], Y[9:])], "validation_data": (X, Y)},
    "iterable": lambda: {"x": Batches(), "validation_data": (X, Y)},
    "DataLoader": lambda: {"x": loader(), "validation_data": loader()},
    "DataLoader with its own generator": lambda: {"x": loader(4), "validation_data": loader(5)},
}  # fmt: skip


class Batches:
    """Goes through batches in an order of NumPy's global generator, anew each epoch."""

    def __iter__(self) -> Iterator[Any]:
        for start in np.random.permutation(4) * 5:
            yield X[start : start + 5], Y[start : start + 5]


class Killed(BaseException):
    """Ends a training as a crash does."""


class Kill(Callback):
    """Dies at a moment: (hook, how many of its calls)."""

    def __init__(self, hook: str, number: int) -> None:
        super().__init__()
        self.left = number
        setattr(self, hook, self._count)

    def _count(self, *arguments: Any) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed


MOMENTS = ["on_train_batch_begin", "on_train_batch_end", "on_test_batch_end", "on_epoch_end", "on_epoch_begin", "on_checkpoint"]  # fmt: skip


def make(optimizer: Any = None) -> Any:
    set_random_seed(1)
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=(6, 6, 3)),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    metrics = ["accuracy", keras.metrics.AUC(), keras.metrics.F1Score(threshold=0.5)]
    model.compile(
        optimizer or "adam",
        "binary_crossentropy",
        metrics=metrics,
        weighted_metrics=[keras.metrics.Precision()],
    )
    return model


def all_callbacks(place: Path) -> list[Callback]:
    return [
        callbacks.EarlyStopping(patience=3, restore_best_weights=True),
        callbacks.ReduceLROnPlateau(patience=1, factor=0.5, min_delta=0.05),
        callbacks.CSVLogger(place / "log.csv"),
        ModelCheckpoint(place / "best.safetensors", save_best_only=True),
        ModelCheckpoint(place / "accurate.safetensors", monitor="accuracy", save_best_only=True),
        ModelCheckpoint(place / "every.{epoch}.{batch}.safetensors", save_freq=4),
    ]


def result(model: Any, history: Any, place: Path) -> dict[str, Any]:
    files = {path.name: path.read_bytes() for path in sorted(place.iterdir()) if path.is_file()}
    return {
        "weights": [weight.tobytes() for weight in model.get_weights()],
        "optimizer": {k: np.asarray(v).tobytes() for k, v in model.optimizer.state_dict().items()},
        "history": {name: np.asarray(values).tobytes() for name, values in history.history.items()},
        "epochs": history.epoch,
        "files": files,
        "random": (torch.rand(1).item(), np.random.rand()),
    }


def fit(place: Path, data: str, *more: Callback, **options: Any) -> dict[str, Any]:
    place.mkdir(exist_ok=True)
    model = make()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history = model.fit(
            **DATA[data](), epochs=EPOCHS, verbose=0, callbacks=[*all_callbacks(place), *more], **options
        )
    return result(model, history, place)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Any]]:
    done: dict[str, dict[str, Any]] = {}

    def of(data: str) -> dict[str, Any]:
        if data not in done:
            done[data] = fit(tmp_path_factory.mktemp("whole") / "files", data)
        return done[data]

    return of


@pytest.mark.parametrize("data", sorted(DATA))
@settings(max_examples=8)
@given(
    kills=st.lists(st.tuples(st.sampled_from(MOMENTS), st.integers(1, 9)), min_size=1, max_size=4),
    save_freq=st.sampled_from(["epoch", 1, 2, 3]),
)
def test_killed_and_run_again_is_run_once(
    data: str,
    kills: list[tuple[str, int]],
    save_freq: Any,
    uninterrupted: Callable[[str], dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    place = tmp_path_factory.mktemp("killed")
    found = None
    for kill in [*kills, None]:
        backup = BackupAndRestore(place / "backup", save_freq=save_freq, double_checkpoint=True)
        try:
            found = fit(place / "files", data, backup, *([Kill(*kill)] if kill else []))
            break
        except Killed:
            continue
    expected = uninterrupted(data)
    assert found is not None
    for what, value in expected.items():
        assert found[what] == value, (what, kills)
    assert not (place / "backup").exists(), "removed at the end"


def test_the_learning_rate_goes_on(tmp_path: Path) -> None:
    """A schedule of the step; and one of the epoch that multiplies the rate, which must not be applied twice."""
    for optimizer, scheduler in (
        (lambda: keras.optimizers.SGD(keras.optimizers.schedules.OneCycle(0.1, 20)), []),
        (
            lambda: keras.optimizers.SGD(0.1),
            [callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.7)],
        ),
    ):
        rates: list[list[float]] = []
        for kill in (None, 8):
            found: list[float] = []
            for number in (kill, None):
                model = make(optimizer())

                def note(batch: int, logs: Any, rates: list[float] = found, made: Any = model) -> None:
                    rates.append(made.optimizer.learning_rate)

                watch = LambdaCallback(on_train_batch_begin=note)
                backup = BackupAndRestore(tmp_path / "backup", save_freq=1)
                try:
                    model.fit(
                        X, Y, BATCH, EPOCHS, 0, [watch, backup, *scheduler, *([Kill("on_train_batch_begin", number)] if number else [])],
                    )  # fmt: skip
                    break
                except Killed:
                    found.pop()  # the batch that was not taken
            rates.append(found)
        assert rates[0] == rates[1]
        assert len(set(rates[0])) >= EPOCHS


def kill_one(place: Path, number: int = 8, **options: Any) -> None:
    with pytest.raises(Killed):
        fit(
            place,
            "arrays",
            BackupAndRestore(place / "backup", save_freq=1, **options),
            Kill("on_train_batch_end", number),
        )


def test_what_was_restored_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kill_one(tmp_path)
    capsys.readouterr()
    model = make()
    model.fit(X, Y, BATCH, EPOCHS, 2, all_callbacks(tmp_path), 0.2, seed=7, resume_from=tmp_path / "backup")
    line = capsys.readouterr().out.splitlines()[0]
    state = tmp_path / "backup" / "state-0001-000007"
    assert line.startswith(f"Going on from {state}: 1 epoch and 3 batches done (7 steps), best val_loss 0.")
    assert line.endswith("learning rate 0.001.")


def test_a_damaged_state_is_named_and_the_one_before_taken(
    tmp_path: Path, uninterrupted: Callable[[str], dict[str, Any]]
) -> None:
    kill_one(tmp_path, double_checkpoint=True)
    newest, before = list_states(tmp_path / "backup")
    (newest / "state.json").write_bytes(b"{}")
    model = make()
    with pytest.warns(UserWarning, match=r"fit: .*000007/state\.json: damaged, its SHA-256 is not"):
        history = model.fit(
            X, Y, BATCH, EPOCHS, 0, all_callbacks(tmp_path), 0.2, seed=7, resume_from=tmp_path / "backup"
        )
    found, expected = result(model, history, tmp_path), uninterrupted("arrays")
    assert {name: found[name] for name in expected} == expected
    (before / "manifest.json").unlink()
    with (
        pytest.warns(UserWarning, match="a file of the checkpoint is missing"),
        pytest.raises(CheckpointError, match=r"backup: holds no whole state to go on from"),
    ):
        make().fit(X, Y, verbose=0, resume_from=tmp_path / "backup")
    with pytest.raises(MissingFileError, match="nowhere: no such folder of states"):
        make().fit(X, Y, verbose=0, resume_from=tmp_path / "nowhere")


def test_other_circumstances_are_refused_in_one_line(tmp_path: Path) -> None:
    kill_one(tmp_path)
    place = list_states(tmp_path / "backup")[0]
    arguments = {
        "batch_size": BATCH,
        "epochs": EPOCHS,
        "verbose": 0,
        "callbacks": all_callbacks(tmp_path),
        "validation_split": 0.2,
    }
    torch.set_num_threads(2)
    try:
        with pytest.raises(CheckpointError, match=r"threads 1 there, 2 here.*resume_exactly=False") as raised:
            make().fit(X, Y, **arguments, resume_from=place)
        assert "\n" not in str(raised.value)
        assert make().fit(X, Y, **arguments, resume_from=place, resume_exactly=False).epoch == [0, 1, 2, 3]
    finally:
        torch.set_num_threads(1)


def test_another_model_is_refused_with_what_differs(tmp_path: Path) -> None:
    kill_one(tmp_path)
    small = keras.Sequential([keras.layers.Flatten(input_shape=(6, 6, 3)), keras.layers.Dense(1)])
    small.compile("adam", "mse")
    with pytest.raises(
        CheckpointError, match="state-0001-000007: model does not fit this training"
    ) as raised:
        small.fit(X, Y, verbose=0, resume_from=tmp_path / "backup")
    assert "\n" not in str(raised.value)
    with pytest.raises(CheckpointError, match=r"SGD: the state is of another optimizer"):
        make("sgd").fit(X, Y, verbose=0, resume_from=tmp_path / "backup")
    model = make()
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    with pytest.raises(
        CheckpointError, match="within an epoch of the metrics accuracy, auc, f1_score, precision"
    ):
        model.fit(X, Y, verbose=0, callbacks=all_callbacks(tmp_path), resume_from=tmp_path / "backup")


def test_a_callback_that_is_gone_is_told_of(tmp_path: Path) -> None:
    kill_one(tmp_path)
    with pytest.warns(
        UserWarning, match="holds one of ReduceLROnPlateau, which is not among the callbacks now"
    ):
        make().fit(
            X, Y, BATCH, 2, 0, [c for c in all_callbacks(tmp_path) if type(c).__name__ != "ReduceLROnPlateau"],
            0.2, resume_from=tmp_path / "backup",
        )  # fmt: skip


def test_a_generator_that_ends_too_early_is_refused(tmp_path: Path) -> None:
    backup = BackupAndRestore(tmp_path / "backup", save_freq=1)
    with pytest.raises(Killed):
        make().fit(
            endless(),
            steps_per_epoch=STEPS,
            epochs=2,
            verbose=0,
            callbacks=[backup, Kill("on_train_batch_end", 7)],
        )
    short = iter([(X[:5], Y[:5])] * 3)
    with pytest.raises(
        CheckpointError, match=r"ended after 3 batches, before the place where the state was saved \(6\)"
    ):
        make().fit(short, steps_per_epoch=STEPS, epochs=2, verbose=0, resume_from=tmp_path / "backup")


class Average:
    """A part of a program's own: a moving average of the weights, and what JSON cannot hold."""

    def __init__(self, model: Any) -> None:
        self.model, self.mean, self.counts = model, None, {1: (0.5, np.float32(0.1))}

    def update(self, *arguments: Any) -> None:
        now = torch.cat([p.detach().flatten() for p in self.model.module.parameters()])
        self.mean = now.clone() if self.mean is None else self.mean.lerp(now, 0.1)

    def state_dict(self) -> dict[str, Any]:
        return {"mean": self.mean, "counts": self.counts}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.mean, self.counts = state["mean"], state["counts"]


def test_a_part_of_ones_own_is_kept(tmp_path: Path) -> None:
    means = []
    for kills in ([], [8, 3]):
        for number in [*kills, None]:
            model = make()
            average = model.state_parts["average"] = Average(model)
            hooks = [
                LambdaCallback(on_train_batch_end=average.update),
                BackupAndRestore(tmp_path / "b", save_freq=1),
            ]
            try:
                model.fit(
                    X, Y, BATCH, 3, 0, [*hooks, *([Kill("on_train_batch_end", number)] if number else [])]
                )
            except Killed:
                average.counts = {}
        means.append(average)
    assert torch.equal(means[0].mean, means[1].mean)
    assert means[1].counts == {1: (0.5, np.float32(0.1))}
    state = model.collect_state()
    assert list(state.parts) == ["model", "optimizer", "callbacks", "precision", "average", "random"]
    without = make()
    without.state_parts["other"] = Average(without)
    (tmp_path / "s").mkdir()
    write_state(tmp_path / "s", state)
    with pytest.raises(CheckpointError, match="holds no state of 'other', only of model, optimizer"):
        without.fit(X, Y, verbose=0, resume_from=tmp_path / "s")


def test_a_finished_training_is_finished_and_more_epochs_go_on(tmp_path: Path) -> None:
    """Stopped early: run again it stops at once; with more epochs it goes on, the best kept, the waiting anew."""

    def stopping() -> list[Callback]:
        script = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(val=float(epoch != 1)))
        backup = BackupAndRestore(tmp_path / "b", delete_checkpoint=False)
        return [script, callbacks.EarlyStopping("val", patience=2, mode="min"), backup]

    assert make().fit(X, Y, BATCH, 9, 0, stopping()).epoch == [0, 1, 2, 3]
    again = make()
    assert again.fit(X, Y, BATCH, 9, 0, stopping()).epoch == [0, 1, 2, 3]
    assert again.training_state.progress.step == 20
    early = stopping()
    assert make().fit(X, Y, BATCH, 12, 0, early).epoch == [0, 1, 2, 3, 4, 5]
    assert (early[1].best, early[1].best_epoch, early[1].stopped_epoch) == (0.0, 1, 5)
    assert make().fit(X, Y, BATCH, 12, 0, stopping()).epoch == [0, 1, 2, 3, 4, 5]


def test_ctrl_c_keeps_the_backup(tmp_path: Path) -> None:
    def press(batch: int, logs: Any) -> None:
        if trained.optimizer.iterations == 7:
            raise KeyboardInterrupt

    trained = make()
    backup = BackupAndRestore(tmp_path / "b")
    assert trained.fit(X, Y, BATCH, 3, 0, [backup, LambdaCallback(on_train_batch_end=press)]).interrupted
    assert [path.name for path in list_states(tmp_path / "b")] == ["state-0001-000005"]
    assert make().fit(X, Y, BATCH, 3, 0, [BackupAndRestore(tmp_path / "b")]).epoch == [0, 1, 2]
    assert not (tmp_path / "b").exists()


def test_backup_arguments(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="backup_dir must name a folder; received ''"):
        BackupAndRestore("")
    with pytest.raises(
        ArgumentError, match="save_freq must be 'epoch', a number of batches, or False; received 'step'"
    ):
        BackupAndRestore(tmp_path, save_freq="step")
    with pytest.raises(ArgumentError, match="save_freq must be an integer of at least 1"):
        BackupAndRestore(tmp_path, save_freq=0)
    (tmp_path / "file").write_text("x")
    with pytest.raises(WriteError, match=r"cannot write .*file/backup: Not a directory"):
        make().fit(X, Y, verbose=0, callbacks=[BackupAndRestore(tmp_path / "file" / "backup")])
    for freq, names in (
        (False, []),
        ("epoch", ["state-0002-000010", "state-0001-000005"]),
        (4, ["state-0001-000008", "state-0000-000004"]),
    ):
        backup = BackupAndRestore(tmp_path / f"{freq}", freq, double_checkpoint=True, delete_checkpoint=False)
        make().fit(X, Y, BATCH, 2, 0, [backup])
        assert [path.name for path in list_states(tmp_path / f"{freq}")] == names


def test_a_full_disk_is_said_and_the_training_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from convolens.callbacks import backup_and_restore

    def full(*arguments: Any) -> None:
        raise WriteError("cannot write x: No space left on device.")

    monkeypatch.setattr(backup_and_restore.states, "write_state", full)
    history = make().fit(X, Y, BATCH, 2, 0, [BackupAndRestore(tmp_path / "b")])
    assert history.epoch == [0, 1]
    assert (
        capsys.readouterr().out.count("no state was written, training goes on: cannot write x: No space left")
        == 2
    )


def test_a_log_that_was_cut_is_told_of(tmp_path: Path) -> None:
    kill_one(tmp_path)
    (tmp_path / "log.csv").write_text("")
    with pytest.warns(
        UserWarning,
        match=r"log\.csv is shorter than when the state was saved \(\d+ bytes\): rows are missing",
    ):
        make().fit(X, Y, BATCH, 2, 0, all_callbacks(tmp_path), 0.2, resume_from=tmp_path / "backup")


def test_the_state_says_where_it_is(tmp_path: Path) -> None:
    kill_one(tmp_path)
    state = read_state(list_states(tmp_path / "backup")[0])
    assert (state.epoch, state.batch, state.step, state.epochs, state.stopped) == (1, 3, 7, EPOCHS, False)
    assert state.environment["threads"] == 1
    assert {"model", "optimizer", "callbacks", "random", "measures", "random_at_epoch"} <= set(state.parts)


def test_the_data_are_let_go_of_after_fit() -> None:
    """A model does not keep the photos that it was trained on."""
    batches = Sequence()
    kept = weakref.ref(batches)
    model = make()
    model.fit(batches, verbose=0)
    del batches
    gc.collect()
    assert kept() is None
