"""Names of logs of another age, Keras 2's arguments of callbacks, and its two further classes."""

import http.server
import json
import threading
import urllib.parse
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convolens import callbacks, layers, models

X, Y = np.random.default_rng(0).random((12, 4), "float32"), np.arange(12) % 2


def fitted(metric: str, *listening: Any, epochs: int = 4) -> Any:
    model = models.Sequential([layers.Dense(2, activation="softmax", input_shape=(4,))])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=[metric])
    return model.fit(X, Y, epochs=epochs, validation_data=(X, Y), callbacks=list(listening), verbose=0)


@pytest.mark.parametrize(("metric", "other"), [("accuracy", "acc"), ("acc", "accuracy")])
def test_logs_are_found_under_the_names_of_another_age(metric: str, other: str, tmp_path: Path) -> None:
    seen = []

    class Seen(callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            seen.append((logs.get(other), logs[f"val_{other}"]))

    stop = callbacks.EarlyStopping(f"val_{other}", patience=9)
    keep = callbacks.ModelCheckpoint(
        str(tmp_path / f"{{epoch}}-{{val_{other}:.1f}}.keras"), monitor=f"val_{other}", save_best_only=True
    )
    history = fitted(metric, Seen(), stop, keep).history
    assert stop.monitor == f"val_{metric}"
    assert len(list(tmp_path.iterdir())) >= 1
    assert history[other] == history[metric]
    assert seen == list(zip(history[metric], history[f"val_{metric}"], strict=True))
    assert other not in history


def test_a_remote_monitor_sends_each_epoch() -> None:
    received = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            received.append(json.loads(urllib.parse.parse_qs(body)["data"][0]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    root = f"http://127.0.0.1:{server.server_port}"
    try:
        history = fitted("accuracy", callbacks.RemoteMonitor(root), callbacks.BaseLogger(), epochs=2).history
    finally:
        server.shutdown()
        server.server_close()
    assert [one["epoch"] for one in received] == [0, 1]
    assert [one["val_loss"] for one in received] == history["val_loss"]
    with pytest.warns(UserWarning, match="was not reached"):
        callbacks.RemoteMonitor(root).on_epoch_end(0, {})
