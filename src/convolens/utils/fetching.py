"""get_file: a file of the network, kept under `~/.keras` as Keras keeps it, and unpacked."""

import hashlib
import os
import tarfile
import urllib.parse
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from convolens.arguments import one_of
from convolens.errors import ArgumentError, DataError
from convolens.files.atomic import write_error
from convolens.files.download import RemoteFile, download, keras_home

_ARCHIVES = ("auto", "tar", "zip")


def get_file(
    fname: Any = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: Any = "auto",
    cache_dir: Any = None,
    force_download: bool = False,
) -> str:
    """Return the path of a file of the network, which is downloaded where it is not there yet; an archive is unpacked.

    Names and places are Keras 3's: `extract` unpacks into a folder of its own and returns that. What it holds is linked beside it too,
    where programs for Keras 2 look for it, unless something of that name is there. `untar` with a name without an ending unpacks
    as Keras 2 did: the name is that of the folder in the archive.

    Args:
        fname: its name there; None takes the address's.
        origin: its address.
        untar: unpack it as Keras 2 did.
        md5_hash: `file_hash` in old words.
        file_hash: the digest it must have, in hexadecimal digits.
        cache_subdir: the folder within `cache_dir`.
        hash_algorithm: "sha256", "md5", or "auto" by the number of digits.
        extract: unpack it, and return the folder.
        archive_format: "auto", "tar" or "zip".
        cache_dir: None is `$KERAS_HOME`, or `~/.keras`.
        force_download: even where it is there.

    Raises:
        ArgumentError: no address or name, or a path for one.
        MissingFileError: the download failed. DataError: what came has another digest, or is no archive.
        WriteError: the folder cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "a.txt").write_text("words")
        ...     found = get_file(origin=Path(folder, "a.txt").as_uri(), cache_dir=folder)
        ...     os.path.relpath(found, folder), Path(found).read_text()  # doctest: +ELLIPSIS
        Downloading data from file:///...
        ('datasets/a.txt', 'words')
    """
    if origin is None:
        raise ArgumentError("get_file: origin is missing; give the address of the file.")
    name = os.fspath(fname) if fname else os.path.basename(urllib.parse.urlsplit(origin).path)
    if not name:
        raise ArgumentError(f"get_file: the address {origin} ends with no name; give fname.")
    if os.sep in name:
        raise ArgumentError(
            f"get_file: fname must be a name without folders; received {name!r}. cache_dir and cache_subdir say where."
        )
    folder = Path(keras_home() if cache_dir is None else os.path.expanduser(cache_dir), cache_subdir)
    if not (extract or untar):
        return str(_fetch(folder, name, origin, file_hash or md5_hash, hash_algorithm, force_download))
    kind = "tar" if untar else archive_format
    if untar and "." not in name:
        if force_download or not (folder / name).is_dir():
            path = _fetch(
                folder, f"{name}.tar.gz", origin, file_hash or md5_hash, hash_algorithm, force_download
            )
            _unpack(path, folder, kind)
        return str(folder / name)
    if fname and "." in name:
        archive, target = name, f"{name.partition('.')[0]}_extracted"
    else:
        archive, target = f"{name}_archive", name
    path = _fetch(folder, archive, origin, file_hash or md5_hash, hash_algorithm, force_download)
    _unpack(path, folder / target, kind)
    for found in (folder / target).iterdir():
        with suppress(OSError):  # something is there, or the system has no links
            (folder / found.name).symlink_to(found)
    return str(folder / target)


def _fetch(folder: Path, name: str, origin: str, digits: str | None, algorithm: str, anew: bool) -> Path:
    """Return the file, downloaded unless it is there with the right digest."""
    path = folder / name
    one_of("get_file", "hash_algorithm", algorithm, ("auto", "sha256", "md5"))
    md5 = digits is not None and (algorithm == "md5" or (algorithm == "auto" and len(digits) != 64))
    if not anew and path.exists() and (digits is None or _digest(path, md5) == digits):
        return path
    print(f"Downloading data from {origin}")
    found = download(RemoteFile(origin, "" if digits is None or md5 else digits, name), folder)
    if md5 and _digest(found, md5) != digits:
        found.unlink()
        raise DataError(
            f"{origin}: what was downloaded has another MD5 than {digits}; it was not kept. Try again."
        )
    return found


def _digest(path: Path, md5: bool) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5" if md5 else "sha256").hexdigest()


def _unpack(path: Path, target: Path, kind: Any) -> None:
    """Unpack an archive into a folder; nothing is written outside of it."""
    kinds = ("tar", "zip") if kind == "auto" else tuple(kind) if isinstance(kind, (list, tuple)) else (kind,)
    for each in kinds:
        one_of("get_file", "archive_format", each, _ARCHIVES)
    try:
        target.mkdir(parents=True, exist_ok=True)
        if "tar" in kinds and tarfile.is_tarfile(path):
            with tarfile.open(path) as tar:
                tar.extractall(target, filter="data")
        elif "zip" in kinds and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                packed.extractall(target)
        else:
            raise DataError(
                f"{path}: is no archive of the form {' or '.join(kinds)}; leave extract out, or give another origin."
            )
    except (tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
        raise DataError(
            f"{path}: cannot be unpacked ({error}); remove it, and it is downloaded anew."
        ) from error
    except OSError as error:
        raise write_error(error, target) from error
