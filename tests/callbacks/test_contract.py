"""What all callbacks share: a small fit, a state that survives a killed training. Members of CALLBACKS inherit."""

import functools
import http.server
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from callbacks import tiny
from convolens import callbacks, optimizers
from convolens.callbacks import CALLBACKS, Callback, LambdaCallback


@functools.cache
def listener() -> str:
    """Return the address of a server that takes whatever is sent."""

    class Server(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


# What a new member needs: a way to make it, writing into a folder.
MAKE: dict[str, Callable[[Path], Callback]] = {
    "BackupAndRestore": lambda folder: callbacks.BackupAndRestore(folder / "backup"),
    "BaseLogger": lambda folder: callbacks.BaseLogger(),
    "CSVLogger": lambda folder: callbacks.CSVLogger(folder / "log.csv"),
    "EarlyStopping": lambda folder: callbacks.EarlyStopping(patience=2, restore_best_weights=True),
    "History": lambda folder: callbacks.History(),
    "LambdaCallback": lambda folder: LambdaCallback(on_epoch_end=lambda epoch, logs: None),
    "LearningRateScheduler": lambda folder: callbacks.LearningRateScheduler(lambda epoch: 0.1 / (1 + epoch)),
    "ModelCheckpoint": lambda folder: callbacks.ModelCheckpoint(
        folder / "w.{epoch}-{val_loss:.1f}.weights.h5", save_best_only=True
    ),
    "ProgbarLogger": lambda folder: callbacks.ProgbarLogger(),
    "ReduceLROnPlateau": lambda folder: callbacks.ReduceLROnPlateau(patience=2, factor=0.5, cooldown=1),
    "RemoteMonitor": lambda folder: callbacks.RemoteMonitor(listener()),
    "SwapEMAWeights": lambda folder: callbacks.SwapEMAWeights(swap_on_epoch=True),
    "TensorBoard": lambda folder: callbacks.TensorBoard(folder / "logs", histogram_freq=3, update_freq=1),
    "TerminateOnNaN": lambda folder: callbacks.TerminateOnNaN(),
}
VAL_LOSSES = [5.0, 4.0, 6.0, 3.0, 3.5, 2.5, 7.0, 3.5, 2.0, 8.0, 1.0, 0.5]
NAMES = sorted(CALLBACKS)


class Killed(Exception):
    """Ends a training as a crash does."""


def test_every_member_is_exported_and_tested() -> None:
    assert set(MAKE) == set(CALLBACKS)
    for name, kind in CALLBACKS.items():
        assert kind.__name__ == name
        assert getattr(callbacks, name) is kind


def model(name: str = "") -> Any:
    """Return a tiny model, whose optimizer has what a callback needs."""
    made = tiny.model()
    if name == "SwapEMAWeights":
        made.compile(optimizers.SGD(use_ema=True, ema_momentum=0.5), "mse", metrics=["accuracy"])
    return made


def scalars(log_dir: Path) -> list[tuple[str, str, int, float]]:
    """Return (folder, name, step, value) of all that TensorBoard finds."""
    found = []
    for folder in sorted(log_dir.iterdir()):
        events = EventAccumulator(str(folder), {"scalars": 0})
        events.Reload()
        found += [
            (folder.name, tag, event.step, event.value)
            for tag in events.Tags()["scalars"]
            for event in events.Scalars(tag)
        ]
    return sorted(found)


def train(trained: Any, callback: Callback, first: int = 0, kill: Callable[..., None] | None = None) -> Any:
    """Fit on real data, with a val_loss of ours that rises and falls."""
    x = np.linspace(-1, 1, 16, dtype=np.float32).reshape(8, 2)
    script = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(val_loss=VAL_LOSSES[epoch]))
    last = LambdaCallback(on_epoch_end=kill)
    return trained.fit(
        x, x[:, :1] > 0, batch_size=4, epochs=len(VAL_LOSSES), initial_epoch=first, shuffle=False, verbose=0,
        callbacks=[script, callback, last],
    )  # fmt: skip


def files(folder: Path) -> dict[str, Any]:
    """Return what a callback wrote: contents, where there is no time in them."""
    return {path.name: content(path) for path in folder.iterdir()}


def content(path: Path) -> Any:
    if path.is_dir():
        return scalars(path)
    return path.stat().st_size if path.suffix == ".h5" else hash(path.read_bytes())


def plain(state: Any) -> Any:
    """Return a state with its arrays as lists, fit for JSON."""
    if isinstance(state, dict):
        return {key: plain(value) for key, value in state.items()}
    if isinstance(state, list):
        return [plain(value) for value in state]
    return state.tolist() if isinstance(state, np.ndarray) else state


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("killed_after", [0, 2, 5])
def test_a_killed_training_goes_on_as_if_it_had_not_been(
    name: str, killed_after: int, tmp_path: Path
) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    whole.mkdir()
    parts.mkdir()
    start = model().get_weights()

    one = model(name)
    one.set_weights(start)
    uninterrupted = MAKE[name](whole)
    expected = train(one, uninterrupted)

    two = model(name)
    two.set_weights(start)
    before = MAKE[name](parts)
    kept: dict[str, Any] = {}

    def kill(epoch: int, logs: Any) -> None:
        if epoch == killed_after:
            kept.update(
                state=before.state_dict(), weights=two.get_weights(), optimizer=two.optimizer.state_dict()
            )
            raise Killed

    with pytest.raises(Killed):
        train(two, before, kill=kill)
    state = kept["state"]
    if "arrays" not in (type(before).__doc__ or ""):
        assert json.loads(json.dumps(state)) == state
        state = json.loads(json.dumps(state))
    json.dumps(plain(state))

    three = model(name)
    three.set_weights(kept["weights"])
    three.optimizer.build(three.module.parameters())
    three.optimizer.load_state_dict(kept["optimizer"])
    after = MAKE[name](parts)
    after.load_state_dict(state)
    assert plain(after.state_dict()) == plain(kept["state"])
    result = train(three, after, first=killed_after + 1)

    assert expected.epoch[-1] == result.epoch[-1]
    for key, values in expected.history.items():
        np.testing.assert_array_equal(values[-len(result.history[key]) :], result.history[key], err_msg=key)
    for a, b in zip(one.get_weights(), three.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.optimizer.learning_rate == three.optimizer.learning_rate
    assert files(whole) == files(parts)
    theirs, mine = uninterrupted.state_dict(), after.state_dict()
    for own in ("last_saved", "files"):  # paths of each
        theirs.pop(own, None), mine.pop(own, None)
    assert plain(theirs) == plain(mine)


@pytest.mark.parametrize("name", NAMES)
def test_a_callback_serves_a_second_fit(name: str, tmp_path: Path) -> None:
    start = model().get_weights()
    callback = MAKE[name](tmp_path)
    decisions = []
    for _ in range(2):
        trained = model(name)
        trained.set_weights(start)
        train(trained, callback)
        written = files(tmp_path)
        if name == "TensorBoard":  # a second training in the same folder is a second line, as in Keras
            written = {folder: set(lines) for folder, lines in written.items()}
        decisions.append((trained.get_weights(), trained.optimizer.learning_rate, written))
    for a, b in zip(decisions[0][0], decisions[1][0], strict=True):
        np.testing.assert_array_equal(a, b)
    assert decisions[0][1:] == decisions[1][1:]


def test_history_keeps_arrays_over_a_restart() -> None:
    history = callbacks.History()
    history.on_epoch_end(0, {"f1_score": np.array([0.5, 1.0]), "loss": np.float32(0.25)})
    again = callbacks.History()
    again.load_state_dict(json.loads(json.dumps(history.state_dict())))
    np.testing.assert_array_equal(again.history["f1_score"][0], [0.5, 1.0])
    assert again.history["loss"] == [0.25]
    assert again.epoch == [0]


def test_the_best_is_remembered_over_a_restart(tmp_path: Path) -> None:
    """Keras forgets it, and overwrites the best with a worse one (keras#17012)."""
    path = tmp_path / "best.safetensors"
    made = callbacks.ModelCheckpoint(path, save_best_only=True)
    made.set_model(model())
    made.on_epoch_end(0, {"val_loss": 0.1})
    saved = path.read_bytes()
    again = callbacks.ModelCheckpoint(path, save_best_only=True)
    again.load_state_dict(made.state_dict())
    again.set_model(model())
    again.on_train_begin()
    again.on_epoch_end(1, {"val_loss": 0.2})
    assert path.read_bytes() == saved
    again.on_epoch_end(2, {"val_loss": 0.05})
    assert path.read_bytes() != saved
    assert again.last_saved == str(path)
