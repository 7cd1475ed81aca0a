"""RemoteMonitor: each epoch's logs sent to a server."""

import json
import urllib.parse
import urllib.request
import warnings
from collections.abc import Mapping

from convolens.callbacks.callback import Callback, Logs
from convolens.errors import ArgumentError


class RemoteMonitor(Callback):
    """Sends "epoch" and the epoch's logs to a server by POST, as `keras.callbacks.RemoteMonitor`.

    A server that does not answer is warned of, and the training goes on.

    Args:
        root: address of the server, http or https.
        path: below it.
        field: the name of the form's field that holds the JSON, where `send_as_json` is False.
        headers: of the request, or None.
        send_as_json: send the JSON itself, not a form.

    Raises:
        ArgumentError: another kind of address.

    Example:
        >>> RemoteMonitor("http://localhost:9000").path
        '/publish/epoch/end/'
    """

    only_writes = True

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: Mapping[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        super().__init__()
        if not root.startswith(("http://", "https://")):
            raise ArgumentError(
                f"RemoteMonitor: root must begin with http:// or https://; received {root!r}."
            )
        self.root, self.path, self.field = root, path, field
        self.headers, self.send_as_json = dict(headers or {}), bool(send_as_json)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        sent = {
            "epoch": epoch,
            **{k: v.tolist() if hasattr(v, "tolist") else v for k, v in (logs or {}).items()},
        }
        text = json.dumps(sent)
        data = text if self.send_as_json else urllib.parse.urlencode({self.field: text})
        kind = "application/json" if self.send_as_json else "application/x-www-form-urlencoded"
        request = urllib.request.Request(
            self.root + self.path, data.encode(), {"Content-Type": kind, **self.headers}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=10):
                pass
        except OSError as error:
            warnings.warn(f"RemoteMonitor: {self.root} was not reached ({error}).", UserWarning, stacklevel=2)
