"""Files are there whole or not at all, and the error says what to do."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given
from PIL import Image

from convolens import Input, Sequential
from convolens.analysis import plot_model
from convolens.analysis.arithmetic.animation import save_gif
from convolens.analysis.charts.pictures import new_figure, save_figure
from convolens.checkpoints import atomic_path, tensors
from convolens.checkpoints.foreign import keras_archive, legacy_hdf5
from convolens.checkpoints.foreign.keras_archive import Saved
from convolens.errors import WriteError
from convolens.features.extraction.features import write_npz
from convolens.files.atomic import remove, write_error
from convolens.files.plain_json import write_json
from convolens.files.table import write_csv
from convolens.layers import Dense
from convolens.runs.output.places import check_place

ARRAY = np.arange(5000, dtype="float32")

WRITERS: dict[str, Callable[[Path], None]] = {
    ".safetensors": lambda path: tensors.write(path, {"a": torch.from_numpy(ARRAY)}),
    ".h5": lambda path: legacy_hdf5.write(path, [("dense", [("kernel", ARRAY)])]),
    ".weights.h5": lambda path: keras_archive.write_weights(path, [Saved("layers/dense", "dense", [ARRAY])], "m"),
    ".keras": lambda path: keras_archive.write_model(path, [Saved("layers/dense", "dense", [ARRAY])], "m", {}),
}  # fmt: skip


@given(
    content=st.binary(max_size=200),
    before=st.none() | st.binary(max_size=200),
    name=st.text("aé. -", max_size=60),
)
def test_what_was_written_is_there(
    content: bytes, before: bytes | None, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("atomic")
    path = folder / f"x{name}x.bin"
    if before is not None:
        path.write_bytes(before)
    with atomic_path(path) as temporary:
        assert temporary.parent == folder
        assert temporary.suffix == path.suffix
        temporary.write_bytes(content)
        assert (path.read_bytes() if path.exists() else None) == before  # readers see the old one to the end
    assert path.read_bytes() == content
    assert list(folder.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError, MemoryError])
@pytest.mark.parametrize("there", [True, False])
def test_a_failure_leaves_what_was_there(error: type[BaseException], there: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    if there:
        path.write_bytes(b"old")

    def fail() -> None:
        with atomic_path(path) as temporary:
            temporary.write_bytes(b"half of what was to co")
            raise error("stop")

    with pytest.raises(WriteError if error is OSError else error, match="stop"):
        fail()
    assert [found.read_bytes() for found in tmp_path.iterdir()] == ([b"old"] if there else [])


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_every_writer_replaces_in_one_step(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"w{ending}"
    path.write_bytes(b"old")
    WRITERS[ending](path)
    assert path.stat().st_size > ARRAY.nbytes
    assert list(tmp_path.iterdir()) == [path]


# Every way of a file to its name that is not in WRITERS.
OTHERS: dict[str, Callable[[Path], None]] = {
    ".csv": lambda path: write_csv(path, ["a"], [[1]]),
    ".json": lambda path: write_json(path, {"a": 1}),
    ".png": lambda path: save_figure(new_figure(1, 1), path),
    ".gif": lambda path: save_gif([Image.new("RGB", (8, 8))], path, 100),
    ".svg": lambda path: plot_model(Sequential([Input((4,)), Dense(2)]), path) and None,
    ".npz": lambda path: _npz(path),
}
EVERY = WRITERS | OTHERS


def _npz(path: Path) -> None:
    source = path.with_name("source.safetensors")
    tensors.write(source, {"a": torch.from_numpy(ARRAY)})
    write_npz(path, source)
    source.unlink()


@pytest.mark.parametrize("ending", sorted(EVERY))
def test_a_link_stays_and_the_file_behind_it_is_replaced(ending: str, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    for target, link in (("old", "link"), ("new", "nowhere")):
        behind, path = tmp_path / "far" / f"{target}{ending}", tmp_path / f"{link}{ending}"
        path.symlink_to(Path("far", behind.name))
        if target == "old":
            behind.write_bytes(b"old")
            behind.chmod(0o600)
        EVERY[ending](path)
        assert os.readlink(path) == f"far/{behind.name}"
        assert behind.stat().st_size > 3
    assert (tmp_path / "far" / f"old{ending}").stat().st_mode & 0o777 == 0o600  # nobody else may read it now
    assert len(list(tmp_path.rglob("*"))) == 5


@pytest.mark.parametrize("ending", sorted(EVERY))
def test_a_pipe_is_written_through(ending: str, tmp_path: Path) -> None:
    EVERY[ending](tmp_path / f"whole{ending}")
    pipe = tmp_path / f"pipe{ending}"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        read = pool.submit(pipe.read_bytes)
        EVERY[ending](pipe)
        assert len(read.result(30)) == (tmp_path / f"whole{ending}").stat().st_size
    assert pipe.is_fifo()


def test_links_that_lead_round_are_no_place(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to("a.csv")
    with pytest.raises(WriteError, match=r"cannot write .*a\.csv: Too many levels of symbolic links"):
        OTHERS[".csv"](tmp_path / "a.csv")


THROUGH = """
import os, sys
from pathlib import Path
from convolens.files.table import write_csv
print("before")
write_csv(Path(sys.argv[1]), ["a"], [[1]])
print("after", flush=True)
"""


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no /dev/stdout here")
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "out.txt", "link"])
@pytest.mark.parametrize("to", ["file", "pipe"])
def test_what_standard_output_goes_to_is_gone_on_with(name: str, to: str, tmp_path: Path) -> None:
    """`--csv /dev/stdout > out.txt`: replaced by a new file, `out.txt` would lose what is printed before and after."""
    if to == "pipe" and not name.startswith("/dev"):
        pytest.skip("a pipe has no name here")
    (tmp_path / "link").symlink_to("/dev/stdout")
    path = tmp_path / name  # an absolute name is itself
    with (tmp_path / "out.txt").open("wb") as out:
        ended = subprocess.run(
            [sys.executable, "-c", THROUGH, path],
            stdout=out if to == "file" else subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=120,
        )
    assert (ended.returncode, ended.stderr) == (0, b"")
    told = (tmp_path / "out.txt").read_bytes() if to == "file" else ended.stdout
    assert told == b"before\na\n1\nafter\n"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["link", "out.txt"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root makes devices")
def test_a_device_stays_one(tmp_path: Path) -> None:
    try:
        os.mknod(tmp_path / "null", stat.S_IFCHR | 0o600, os.makedev(1, 3))
    except OSError:
        pytest.skip("no devices here")
    (tmp_path / "link").symlink_to("null")
    for name in ("null", "link"):
        check_place(tmp_path / name)
        OTHERS[".csv"](tmp_path / name)
    assert (tmp_path / "null").is_char_device()
    assert sorted(found.name for found in tmp_path.iterdir()) == ["link", "null"]


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_a_long_name_is_written_too(ending: str, tmp_path: Path) -> None:
    path = tmp_path / ("é" * 110 + ending)
    WRITERS[ending](path)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_places_where_nothing_can_be_written(ending: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(
        WriteError, match=rf"cannot write .*w\{ending}: No such file or directory; choose another"
    ):
        WRITERS[ending](tmp_path / "nowhere" / f"w{ending}")
    with pytest.raises(
        WriteError, match=rf"cannot write .*w\{ending}: Not a directory; choose another place"
    ):
        WRITERS[ending](tmp_path / "file" / f"w{ending}")
    (tmp_path / f"w{ending}").mkdir()
    with pytest.raises(WriteError, match=rf"cannot write .*w\{ending}: Is a directory"):
        WRITERS[ending](tmp_path / f"w{ending}")
    assert sorted(found.name for found in tmp_path.rglob("*")) == ["file", f"w{ending}"]


FULL = """
import resource, signal, sys
from pathlib import Path
import numpy as np, torch
from convolens.checkpoints import tensors
from convolens.checkpoints.foreign import keras_archive
from convolens.checkpoints.foreign import legacy_hdf5
from convolens.errors import WriteError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
for count, limit in ((100_000, 8192), (200, 500), (100_000, 1)):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    array = np.ones(count, "float32")
    saved = [keras_archive.Saved("layers/dense", "dense", [array])]
    writers = {
        "w.safetensors": lambda path: tensors.write(path, {"a": torch.from_numpy(array)}),
        "w.h5": lambda path: legacy_hdf5.write(path, [("dense", [("kernel", array)])]),
        "w.weights.h5": lambda path: keras_archive.write_weights(path, saved, "m"),
        "w.keras": lambda path: keras_archive.write_model(path, saved, "m", {}),
    }
    for name, write in writers.items():
        try:
            write(folder / name)
        except WriteError as error:
            print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the limit on a file's size is a POSIX one")
def test_a_disk_that_fills_up_on_the_way(tmp_path: Path) -> None:
    """HDF5 itself crashes the process here, so it never writes to the disk."""
    paths = [tmp_path / f"w{ending}" for ending in (".safetensors", ".h5", ".weights.h5", ".keras")]
    for path in paths:
        path.write_bytes(b"old")
    ended = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, timeout=120
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    expected = [f"cannot write {path}: File too large; choose another place." for path in paths]
    assert ended.stdout.splitlines() == expected * 3
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    assert {path.read_bytes() for path in paths} == {b"old"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    path.chmod(0o400)
    with pytest.raises(WriteError, match=r"Permission denied; the place may not be written: change its"):
        OTHERS[".csv"](path)
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(WriteError, match=r"Permission denied; the place may not be written: change its"):
            WRITERS[".h5"](tmp_path / "w.h5")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "ENOSPC",
            r"No space left on device; \d+ MiB are free: free some space there; what was saved before is",
        ),
        ("EDQUOT", r"Disk quota exceeded; \d+ MiB are free: free some space"),
        (
            "EACCES",
            r"Permission denied; the place may not be written: change its permissions or choose another\.",
        ),
        ("EPERM", r"not permitted; the place may not be written: change its permissions or choose another\."),
        ("EROFS", r"Read-only file system; the place may not be written"),
        ("EIO", r"Input/output error; choose another place\."),
    ],
)
def test_each_reason_has_its_advice(name: str, words: str, tmp_path: Path) -> None:
    import errno

    number = getattr(errno, name)
    error = write_error(OSError(number, os.strerror(number)), tmp_path / "a.h5")
    with pytest.raises(WriteError, match=rf"^cannot write .*a\.h5: .*{words}"):
        raise error


def test_a_full_disk_whose_folder_is_gone(tmp_path: Path) -> None:
    import errno

    error = write_error(OSError(errno.ENOSPC, "No space left on device"), tmp_path / "gone" / "a.h5")
    assert "the disk is full: free some space there" in str(error)


def test_a_file_is_removed_or_it_is_said_why_not(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"1")
    remove(path)
    remove(path)  # not there any more
    assert not path.exists()
    path.mkdir()
    with pytest.raises(WriteError, match=r"cannot write .*old: "):
        remove(path)
