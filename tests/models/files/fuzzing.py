"""Model files that are read in a child process, which may crash, hang or swell without harm to the tests."""

import os
import random
import resource
import signal
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from convolens.errors import ConvolensError
from convolens.models import load_model

SECONDS = 20  # for one file; each takes some milliseconds
MEGABYTES = 400  # more than any of these small files may ask for


def damaged(content: bytes, seed: int) -> bytes:
    """Return the bytes of a file with some of them changed: bits, whole words, runs, cuts and copies."""
    draw = random.Random(seed)
    data = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 4, 16))):
        place = draw.randrange(len(data))
        kind = draw.randrange(6)
        if kind == 0:
            data[place] ^= 1 << draw.randrange(8)
        elif kind == 1:
            data[place] = draw.choice((0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)))
        elif kind == 2:  # a size or an address
            value = draw.choice((0, 1, 2**16, 2**31, 2**32 - 1, 2**63, 2**64 - 1, draw.randrange(len(data))))
            data[place : place + 8] = value.to_bytes(8, "little")
        elif kind == 3:
            run = draw.randrange(1, 64)
            data[place : place + run] = bytes([draw.choice((0, 0xFF))]) * run
        elif kind == 4:  # one place over another: addresses that lead in rings
            other, run = draw.randrange(len(data)), draw.choice((4, 8, 16, 64))
            data[place : place + run] = data[other : other + run]
        else:
            del data[place + draw.randrange(len(data)) :]
            data = data or bytearray(1)
    return bytes(data)


def attempt(path: Path, model: Any, whole: bool) -> list[str]:
    """Read a file each way that there is, and return the errors; each must be ours, and one line that names the file."""
    said = []
    for read in (model.load_weights, load_model) if whole else (model.load_weights,):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                read(path)
        except ConvolensError as error:
            said.append(str(error))
    for line in said:
        if str(path) not in line or "\n" in line:
            raise AssertionError(f"not one line that names the file: {line}")
    return said


def verdict(path: Path, model: Any, whole: bool, contents: Iterable[tuple[Any, bytes]]) -> str:
    """Read files of these contents in a child process; return what went wrong, "" where nothing did.

    Args:
        path: where the files lie, one after another.
        model: whose weights are read.
        whole: read it as a whole model too.
        contents: (what to call it, the bytes).
    """
    listening, telling = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(listening)
            _in_child(path, model, whole, contents, telling)
        finally:
            os._exit(3)
    os.close(telling)
    said = b""
    while part := os.read(listening, 2**16):
        said = (said + part)[-4000:]
    os.close(listening)
    _, status = os.waitpid(child, 0)
    if status == 0:
        return ""
    how = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else "error"
    return f"{how} at {said.decode(errors='replace').rstrip().rsplit(chr(10), 1)[-1]}"


def _in_child(
    path: Path, model: Any, whole: bool, contents: Iterable[tuple[Any, bytes]], telling: int
) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # a hang ends here, in C code too
    for name, content in contents:
        os.write(telling, f"{name}\n".encode())
        path.write_bytes(content)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        signal.alarm(SECONDS)
        try:
            attempt(path, model, whole)
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
            if grown > MEGABYTES:
                raise AssertionError(f"{grown} MiB")
        except BaseException as error:
            line = " ".join(f"{name}: {type(error).__name__}: {error}".split())
            os.write(telling, line.encode()[:2000])
            os._exit(1)
        signal.alarm(0)
    os._exit(0)
