"""A download comes whole or not at all, over a real connection too."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from convolens.errors import MissingFileError, WriteError
from convolens.files.download import RemoteFile, download

DATA = bytes(range(256)) * 9000  # more than two chunks
DIGEST = hashlib.sha256(DATA).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """Gives /whole.bin, breaks off in /broken.bin, and knows nothing else."""

    def do_GET(self) -> None:
        known = self.path in ("/whole.bin", "/broken.bin")
        self.send_response(200 if known else 404)
        if known:
            self.send_header("Content-Length", str(len(DATA)))
        self.end_headers()
        if known:
            self.wfile.write(DATA if self.path == "/whole.bin" else DATA[:-5])

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_whole(server, tmp_path):
    folder = tmp_path / "new" / "er"
    path = download(RemoteFile(f"{server}/whole.bin", DIGEST, "a.bin"), folder)
    assert path == folder / "a.bin"
    assert path.read_bytes() == DATA
    assert list(folder.iterdir()) == [path]


@pytest.mark.parametrize(
    ("file", "reason"), [("broken.bin", "IncompleteRead.*5 more expected"), ("gone.bin", "Not Found")]
)
def test_broken_off_or_not_there(server, tmp_path, file, reason):
    (tmp_path / "a.bin").write_bytes(b"before")
    with pytest.raises(MissingFileError, match=rf"a\.bin is not here, and the download failed \({reason}"):
        download(RemoteFile(f"{server}/{file}", DIGEST, "a.bin"), tmp_path)
    assert [(item.name, item.read_bytes()) for item in tmp_path.iterdir()] == [("a.bin", b"before")]


def test_nobody_answers(tmp_path):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as closed:
        url = f"http://127.0.0.1:{closed.server_address[1]}/whole.bin"
    with pytest.raises(MissingFileError, match=r"the download failed \(.*refused"):
        download(RemoteFile(url, DIGEST, "a.bin"), tmp_path)


def test_a_folder_that_cannot_be(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    remote = RemoteFile(Path(tmp_path / "file").as_uri(), DIGEST, "a.bin")
    with pytest.raises(WriteError, match=r"cannot write .*a\.bin"):
        download(remote, tmp_path / "file" / "folder")
