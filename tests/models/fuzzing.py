"""Damaged model files, made from a seed and read in a child process that may crash or hang without harm."""

import os
import random
import resource
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from convolens.errors import ConvolensError
from convolens.models import load_model

SECONDS = 10  # for one file; each takes some milliseconds
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


def attempt(path: Path, model: Any, whole: bool) -> None:
    """Read a file each way that there is; every error must be ours and one line that names the file."""
    for read in (model.load_weights, load_model) if whole else (model.load_weights,):
        try:
            read(path)
        except ConvolensError as error:
            if str(path) not in str(error) or "\n" in str(error):
                raise AssertionError(f"not one line that names the file: {error}") from error


def verdict(path: Path, content: bytes, model: Any, whole: bool, seeds: Iterable[int]) -> str:
    """Read the damaged forms of a file in a child process; return what went wrong, "" where nothing did."""
    listening, telling = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(listening)
        _in_child(path, content, model, whole, seeds, telling)
    os.close(telling)
    said = b""
    while part := os.read(listening, 2**16):
        said = (said + part)[-4000:]
    os.close(listening)
    _, status = os.waitpid(child, 0)
    last = said.decode(errors="replace").rstrip("\n").rsplit("\n", 1)[-1]
    if status == 0:
        return ""
    how = signal.Signals(status).name if os.WIFSIGNALED(status) else "error"
    return f"{how} at {last}"


def _in_child(
    path: Path, content: bytes, model: Any, whole: bool, seeds: Iterable[int], telling: int
) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # a hang ends here
    status = 0
    for seed in seeds:
        os.write(telling, f"{seed}\n".encode())
        path.write_bytes(damaged(content, seed))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        signal.alarm(SECONDS)
        try:
            attempt(path, model, whole)
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
            if grown > MEGABYTES:
                raise AssertionError(f"{grown} MiB")
        except BaseException as error:
            os.write(telling, f"{seed}: {type(error).__name__}: {error}".replace("\n", " ").encode()[:2000])
            status = 1
            break
        signal.alarm(0)
    os._exit(status)
