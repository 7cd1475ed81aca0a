"""serve: the studio from its start to Ctrl-C."""

import errno
import logging
import os
import secrets
import socket
import threading
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from convolens.arguments import integer
from convolens.data.folders.folder import check_folder
from convolens.errors import ArgumentError
from convolens.runs.output.screen import Screen
from convolens.studio.server.guard import LOOPBACK
from convolens.studio.shared import Studio
from convolens.studio.workspace.workspace import Workspace

PORT = 8200
_TRIED = 50  # ports after the one that was asked for
_TAKEN = (errno.EADDRINUSE, errno.EACCES)
_SHORTEST = 16  # letters of a token of one's own


@dataclass(frozen=True)
class StudioOptions:
    """What is asked of the studio.

    Args:
        folder: of photos; None begins without any.
        runs: where runs are found, and made.
        host: the address that is listened on; another than this machine's own needs a token.
        port: the first that is tried.
        token: that the address holds; None makes a new one at each start.
        browser: whether the page is opened.
    """

    folder: Path | None = None
    runs: Path = Path("runs")
    host: str = "127.0.0.1"
    port: int = PORT
    token: str | None = None
    browser: bool = True


def serve(options: StudioOptions, screen: Screen | None = None) -> None:
    """Serve the studio until Ctrl-C; trainings that were begun there go on.

    Args:
        options: see `StudioOptions`.
        screen: where the address is said.

    Raises:
        MissingFileError, DataError: the folder. ArgumentError: a host without a token, a port that is none, or no port that is free.
    """
    import uvicorn

    from convolens.studio.server.app import make_app

    screen = screen or Screen()
    local = options.host in LOOPBACK
    if not local and options.token is None:
        raise ArgumentError(
            f"studio: --host {options.host} lets other machines in; give a --token of your own, a long one, that they have to know."
        )
    if options.token is not None and len(options.token) < _SHORTEST:
        raise ArgumentError(
            f"studio: a --token of {len(options.token)} letters is soon guessed; give {_SHORTEST} or more."
        )
    photos = None if options.folder is None else _absolute(check_folder(options.folder))
    studio = Studio(Workspace(photos, _absolute(options.runs), Path.cwd()))
    threading.Thread(
        target=studio.listing.state, name="listing", daemon=True
    ).start()  # ready when the first page asks
    token = options.token or secrets.token_urlsafe(24)
    with _listening(options.host, integer("studio", "--port", options.port, 0, 65535)) as listener:
        port = listener.getsockname()[1]
        if options.port not in (0, port):
            screen.line(f"port {options.port} is in use, so this studio is at {port}")
        app = make_app(studio, token, port, any_host=not local)
        shown = f"[{options.host}]" if ":" in options.host else options.host
        address = f"http://{shown}:{port}/?token={token}"
        screen.result(f"Studio: {address}")
        screen.line("Ctrl-C ends it; trainings go on.")
        if options.browser:
            webbrowser.open(address)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=1, server_header=False
        )

        class Server(uvicorn.Server):
            """A server that ends the news first, which pages that are open would listen to for ever."""

            def handle_exit(self, sig: int, frame: FrameType | None) -> None:
                studio.news.end()
                logging.getLogger("uvicorn.error").setLevel(
                    logging.CRITICAL
                )  # work that is cut off is no error
                super().handle_exit(sig, frame)

        Server(config).run(sockets=[listener])


def _absolute(path: Path) -> Path:
    """Return a path from the root, without "..": links are followed only where one stands before it."""
    found, real = os.path.abspath(path), os.path.realpath(path)
    return Path(found if os.path.realpath(found) == real else real)


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket on the port, or the next free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    tried = range(port, min(port + _TRIED, 65536)) if port else (0,)
    for one in tried:
        # the protocol is named, or asyncio lets each answer wait 40 ms for an acknowledgement (Nagle)
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, one))
            listener.listen(128)
        except (OSError, OverflowError) as error:
            listener.close()
            if not isinstance(error, OSError) or error.errno not in _TAKEN:
                raise ArgumentError(
                    f"studio: cannot listen on {host}:{one} ({error}); give another --host or --port."
                ) from error
        else:
            return listener
    raise ArgumentError(f"studio: no port from {port} to {port + _TRIED - 1} is free; give another --port.")
