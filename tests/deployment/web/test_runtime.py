"""onnxruntime-web comes by npm, is known by its digest, and is kept; without npm, one line says what to do."""

import hashlib
import io
import os
import tarfile

import pytest

from convolens.deployment.web import runtime
from convolens.deployment.web.runtime import FILES, PACKED, fetch_runtime, runtime_folder, unpack_runtime
from convolens.errors import DataError, ExtraMissingError, MissingFileError


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """Put a program in npm's place that does what a test tells."""

    def saying(*lines: str) -> None:
        place = tmp_path / "bin" / "npm"
        place.parent.mkdir(exist_ok=True)
        place.write_text("\n".join(["#!/bin/sh", f"echo called >> '{tmp_path}/calls'", *lines]) + "\n")
        place.chmod(0o755)
        monkeypatch.setenv("PATH", f"{place.parent}{os.pathsep}/bin{os.pathsep}/usr/bin")

    return saying


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with files of these names, taken for the true one."""
    path = tmp_path / "package.tgz"
    with tarfile.open(path, "w:gz") as tar:
        for name in (*FILES, "other.js"):
            entry = tarfile.TarInfo(f"package/dist/{name}")
            entry.size = len(name)
            tar.addfile(entry, io.BytesIO(name.encode()))
    monkeypatch.setattr(runtime, "SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    return path


def test_it_is_brought_once(npm, package, tmp_path):
    npm(f"cp '{package}' {PACKED}")
    found = fetch_runtime()
    assert (found, found.read_bytes()) == (runtime_folder() / PACKED, package.read_bytes())
    assert fetch_runtime() == found
    assert (tmp_path / "calls").read_text() == "called\n"
    unpack_runtime(found, tmp_path / "out")
    assert {path.name: path.read_text() for path in (tmp_path / "out").iterdir()} == {
        name: name for name in FILES
    }


def test_another_package_is_not_kept(npm):
    npm(f"echo tampered > {PACKED}")
    with pytest.raises(
        DataError, match=r"what npm brought has the SHA-256 [0-9a-f]{64}, expected .* not kept"
    ):
        fetch_runtime()
    assert not (runtime_folder() / PACKED).exists()


def test_a_damaged_copy_is_told(npm, package):
    npm("exit 1")
    runtime_folder().mkdir(parents=True)
    (runtime_folder() / PACKED).write_bytes(package.read_bytes()[:-1])
    with pytest.raises(DataError, match=r"is damaged or another file: .* remove it, and npm brings it anew"):
        fetch_runtime()


def test_without_npm_or_a_network(npm, monkeypatch):
    npm(
        "echo 'npm error code ENOTFOUND' >&2",
        "echo 'npm error network request failed, no such host' >&2",
        "exit 1",
    )
    with pytest.raises(
        MissingFileError,
        match=r"npm cannot get it \(network request failed, no such host\); try again, or run `npm pack",
    ):
        fetch_runtime()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        ExtraMissingError, match=rf"npm is not installed here; install Node.js, or .* put {PACKED} into"
    ):
        fetch_runtime()
