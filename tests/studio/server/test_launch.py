"""The command `convolens studio`: says its address, answers there, ends by Ctrl-C, and refuses what is not safe in one line."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from convolens.studio.workspace.identity import identity
from images import folders
from typed import call


@contextlib.contextmanager
def started(*arguments: object, place: Path) -> Iterator[tuple[subprocess.Popen, str, str]]:
    """Yield the process, the address that it said, and the lines before it."""
    # as a shell would start it: the studio itself may be tested by a job in the background, where Ctrl-C is ignored
    command = [
        sys.executable,
        "-c",
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from convolens.cli import main; main()",
    ]
    process = subprocess.Popen(
        [*command, "studio", "--no-browser", *map(str, arguments)], cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env=os.environ | {"COLUMNS": "200"},
    )  # fmt: skip
    try:
        before = []
        for line in process.stdout:
            found = re.match(r"Studio: (http://\S+)", line)
            if found:
                yield process, found[1], "".join(before)
                break
            before.append(line)
        else:
            pytest.fail(process.stderr.read())
    finally:
        process.kill()
        process.communicate()


def answered(address: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_it_says_its_address_and_ends_by_ctrl_c(tmp_path: Path) -> None:
    with started("--port", 0, place=tmp_path) as (process, address, _):
        base, _, token = address.partition("/?token=")
        assert len(token) >= 32
        assert answered(f"{base}/api/runs", Authorization=f"Bearer {token}") == 200
        assert answered(f"{base}/api/runs") == 401
        asked = urllib.request.Request(f"{base}/api/news", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(asked, timeout=20) as news:  # a page that is open
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
            with contextlib.suppress(
                http.client.IncompleteRead
            ):  # on a busy machine the stream is cut rather than ended
                assert news.read() == b""
        assert (process.returncode, err) == (130, "convolens: interrupted.\n"), out
    assert list(tmp_path.iterdir()) == []  # nothing is made before it is needed


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with started("--port", port, place=tmp_path) as (_, address, before):
            other = int(re.search(r":(\d+)/", address)[1])
            assert port < other <= port + 50
            assert f"port {port} is in use, so this studio is at {other}" in before


def test_two_studios_of_one_machine_have_cookies_of_their_own(tmp_path: Path) -> None:
    with (
        started("--port", 0, place=tmp_path) as (_, first, _),
        started("--port", 0, place=tmp_path) as (_, second, _),
    ):
        assert first.partition("token=")[2] != second.partition("token=")[2]


@pytest.mark.parametrize(("place", "typed"), [("pets/cat", ".."), ("elsewhere", "link/../pets")])
def test_a_folder_may_be_typed_with_dots(tmp_path: Path, place: str, typed: str) -> None:
    """The studio remembers beside the folder, not in it, and its edits lie where the folder does, links before the dots too."""
    folders(tmp_path / "pets", {"cat": 2, "dog": 2})
    folders(tmp_path / "elsewhere/pets", {"cat": 1})
    (tmp_path / "elsewhere/link").symlink_to(tmp_path / "pets")
    with started(typed, "--port", 0, place=tmp_path / place) as (_, address, _):
        base, _, token = address.partition("/?token=")
        asked = urllib.request.Request(
            f"{base}/api/photos/quarantine",
            json.dumps({"photos": [identity("dog/01.png")]}).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert json.load(answer)["done"] == "Set 1 photo aside"
    assert (tmp_path / ".convolens/pets/quarantine/dog/01.png").is_file()
    assert sorted(path.name for path in (tmp_path / "pets").rglob("*")) == [
        "00.png", "00.png", "01.png", "cat", "dog",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["nowhere"], "nowhere: no such folder; give the folder that holds the class folders."),
        (
            ["--host", "0.0.0.0"],
            "studio: --host 0.0.0.0 lets other machines in; give a --token of your own, a long one",
        ),
        (["--token", "short"], "studio: a --token of 5 letters is soon guessed; give 16 or more."),
        (["--port", "-1"], "studio: --port must be an integer of at least 0; received -1."),
        (["--port", "70000"], "studio: --port must be an integer of at most 65535; received 70000."),
        (["--host", "192.0.2.1", "--token", "x" * 20], "studio: cannot listen on 192.0.2.1:8200"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], error: str
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, complained = call("studio", "--no-browser", *arguments)
    assert (status, out, len(complained.splitlines())) == (2, "", 1), complained
    assert error in complained
