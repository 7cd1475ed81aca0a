"""HDF5 files made by hand to do harm, and odd ones that do none."""

import os
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import h5py
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from convolens import layers
from convolens.checkpoints.foreign import legacy_hdf5
from convolens.checkpoints.foreign.hdf5 import reading
from convolens.checkpoints.foreign.hdf5_heap import check_heaps, find_object, read_heap
from convolens.errors import CheckpointError
from convolens.models import Sequential, load_model
from models.files import fuzzing


def small() -> Sequential:
    return Sequential([layers.Input((4, 4, 2)), layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(2)])


def texts(path: Path, name: str, attribute: str) -> list[str] | None:
    with reading(path) as reader:
        return reader.texts(reader.member(reader.file, name) if name else reader.file, attribute)


# -- texts, read here, are those that HDF5 reads --------------------------------------------------------------------


@settings(max_examples=60)
@given(
    held=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40), min_size=1, max_size=9),
    others=st.integers(0, 6),
    options=st.sampled_from([{}, {"libver": "latest"}, {"track_order": True}]),
)  # fmt: skip
def test_texts_are_those_that_hdf5_reads(
    held: list[str], others: int, options: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("texts") / "t.h5"
    with h5py.File(path, "w", **options) as file:
        group = file.create_group("group")
        for i in range(others):
            group.attrs[f"other{i}"] = "x" * (100 * i)
        group.attrs["names"] = held
        group.attrs["one"] = held[0]
        group.attrs["fixed"] = [text.encode() or b" " for text in held]
    with h5py.File(path) as file:
        assert list(file["group"].attrs["names"]) == held
    if (
        others + 3 > 8 and "libver" in options
    ):  # more than 8 attributes of the newest form lie in a heap of another kind
        with pytest.raises(CheckpointError, match="attribute names is kept in a way of its own"):
            texts(path, "group", "names")
        return
    assert texts(path, "group", "names") == held
    assert texts(path, "group", "one") == [held[0]]
    assert texts(path, "group", "fixed") == [text or " " for text in held]
    assert texts(path, "group", "none") is None


def test_a_text_longer_than_a_heap_and_a_header_in_pieces(tmp_path: Path) -> None:
    long = "é" * 200_000
    with h5py.File(tmp_path / "t.h5", "w") as file:
        for i in range(40):
            file.attrs[f"a{i}"] = f"{i}" * 50
        file.attrs["long"] = long
        file.attrs["numbers"] = np.arange(7000.0)
        file.attrs["last"] = "end"
    assert texts(tmp_path / "t.h5", "", "long") == [long]
    assert texts(tmp_path / "t.h5", "", "last") == ["end"]
    assert [texts(tmp_path / "t.h5", "", f"a{i}") for i in range(40)] == [[f"{i}" * 50] for i in range(40)]


def test_a_heap_over_the_border_of_two_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small().save(tmp_path / "m.h5")
    content = (tmp_path / "m.h5").read_bytes()
    place = content.index(b"GCOL")
    largest = check_heaps(tmp_path / "m.h5")
    assert largest > 1000  # the description of the model
    for block in (64, place + 1, place + 4, place + 5, len(content)):
        monkeypatch.setattr("convolens.checkpoints.foreign.hdf5_heap._BLOCK", block)
        assert check_heaps(tmp_path / "m.h5") == largest
        assert check_heaps(tmp_path / "x.h5", content) == largest


def test_heaps_that_are_none() -> None:
    assert read_heap(BytesIO(b"no heap in here at all"), 0) == b""
    assert find_object(b"", 1) is None
    assert (
        check_heaps(Path("x"), b"GCOL\x01\0\0\0" + (4096).to_bytes(8, "little")) == 0
    )  # longer than the file


# -- harm -----------------------------------------------------------------------------------------------------------


def patched(content: bytes, place: int, new: bytes) -> bytes:
    return content[:place] + new + content[place + len(new) :]


def endless_heap(content: bytes) -> bytes:
    """Let the free rest of a heap have no size: HDF5 2.0 walks on the spot for ever."""
    heap = content.index(b"GCOL")
    at = heap + 16
    while struct.unpack_from("<H", content, at)[0]:
        at += 16 + (struct.unpack_from("<Q", content, at + 8)[0] + 7) // 8 * 8
    return patched(content, at + 8, bytes(8))


def endless_text(content: bytes) -> bytes:
    """Let the description say that it is 4 GiB long: HDF5 takes them before it looks."""
    start = content.index(b'{"module"')
    heap = content.rindex(b"GCOL", 0, start)
    length = struct.unpack_from("<Q", content, start - 8)[0]
    return patched(content, content.index(struct.pack("<IQ", length, heap)), b"\xff" * 4)


def lost_text(content: bytes) -> bytes:
    """Let the description lie in a heap that is none."""
    start = content.index(b'{"module"')
    heap = content.rindex(b"GCOL", 0, start)
    length = struct.unpack_from("<Q", content, start - 8)[0]
    return patched(
        content, content.index(struct.pack("<IQ", length, heap)) + 4, (2**64 - 1).to_bytes(8, "little")
    )


HARMFUL: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a heap without an end": (r"damaged \(the heap at byte \d+ has no end\)", endless_heap),
    "a text without an end": (r"damaged \(a text of 4294967295 bytes lies nowhere\)", endless_text),
    "a text that is nowhere": (r"damaged \(", lost_text),
}


@pytest.mark.parametrize("kind", sorted(HARMFUL))
def test_harmful_bytes(kind: str, tmp_path: Path) -> None:
    words, change = HARMFUL[kind]
    small().save(tmp_path / "m.h5")
    content = change((tmp_path / "m.h5").read_bytes())
    assert fuzzing.verdict(tmp_path / "x.h5", small(), True, [(kind, content)]) == ""
    with pytest.raises(CheckpointError, match=words):
        load_model(tmp_path / "x.h5")


def listed(file: h5py.File, weights: int = 1) -> h5py.Group:
    """List a layer "a" with the weights w0, w1 ..., which are for the caller to make."""
    group = file.create_group("a")
    file.attrs["layer_names"] = np.array([b"a"])
    group.attrs["weight_names"] = np.array([f"w{i}".encode() for i in range(weights)])
    return group


def bomb(file: h5py.File) -> None:
    """Let a piece of ten numbers unfold to 100 MB."""
    data = listed(file).create_dataset("w0", (10,), "f4", chunks=(10,), compression="gzip", shuffle=True)
    data.id.write_direct_chunk((0,), zlib.compress(bytes(10**8), 9))


def wide(file: h5py.File) -> None:
    """Let a piece of one number be 4 GiB wide."""
    listed(file).create_dataset("w0", (1,), "f4", chunks=(2**30,), maxshape=(None,))


def other_filter(file: h5py.File) -> None:
    listed(file).create_dataset("w0", data=np.zeros(100, "f4"), compression="lzf")


def twice_deflated(file: h5py.File) -> None:
    settings = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    settings.set_chunk((100,))
    settings.set_deflate(9)
    settings.set_deflate(9)
    space = h5py.h5s.create_simple((100,))
    h5py.h5d.create(listed(file).id, b"w0", h5py.h5t.IEEE_F32LE, space, settings)


def unlimited_virtual(file: h5py.File) -> None:
    """Let the shape be found in another file: a pipe that nobody writes into."""
    layout = h5py.VirtualLayout((2,), "f4", maxshape=(None,))
    source = h5py.VirtualSource("pipe", "x", (2,), maxshape=(None,))
    layout[: h5py.h5s.UNLIMITED] = source[: h5py.h5s.UNLIMITED]
    listed(file).create_virtual_dataset("w0", layout)


def link_to_pipe(name: str) -> Callable[[h5py.File], None]:
    def make(file: h5py.File) -> None:
        file[name] = h5py.ExternalLink("pipe", "/")

    return make


def many_names(file: h5py.File) -> None:
    """Let thousands of names be references, each of which could lead to one long text."""
    file.attrs["other"] = "x" * 10**6
    file.attrs["layer_names"] = ["a"] * 4000


def deep(file: h5py.File) -> None:
    place: Any = file.create_group("layers")
    for _ in range(3000):
        place = place.create_group("sequential/layers")


def twice(file: h5py.File) -> None:
    listed(file)["w0"] = np.zeros(1, "f4")
    file.attrs["layer_names"] = np.array([b"a", b"a"])


FILES: dict[str, tuple[str, Callable[[h5py.File], None]]] = {
    "a bomb": (r"a/w0 is not of honest size: a piece of shape \(10,\) unfolds to more", bomb),
    "a wide piece": (r"a/w0 in pieces of shape \(1073741824,\) is not of honest size", wide),
    "another filter": (r'a/w0 is compressed by other means than gzip; write it again with compression="gzip"', other_filter),
    "gzip in gzip": ("a/w0 is compressed by other means than gzip", twice_deflated),
    "virtual data behind a pipe": ("a/w0 lies in another file, which is not opened", unlimited_virtual),
    "weights behind a pipe": (r"model_weights is a link \(ExternalLink\)", link_to_pipe("model_weights")),
    "layers behind a pipe": (r"layers is a link \(ExternalLink\)", link_to_pipe("layers")),
    "old layers behind a pipe": (r"is a link \(ExternalLink\)", link_to_pipe("_layer_checkpoint_dependencies")),
    "many names": (r"attribute layer_names of shape \(4000,\) is not of honest size", many_names),
    "networks without an end": ("recursion|damaged", deep),
    "a layer twice": ("a is linked twice", twice),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(FILES))
def test_harmful_files(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, make = FILES[kind]
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")  # to open it is to wait for ever
    with h5py.File(tmp_path / "made.h5", "w") as file:
        make(file)
    content = (tmp_path / "made.h5").read_bytes()
    assert fuzzing.verdict(tmp_path / "x.h5", small(), False, [(kind, content)]) == ""
    with pytest.raises(CheckpointError, match=words) as error:
        small().load_weights(tmp_path / "x.h5")
    assert "\n" not in str(error.value)


def test_addresses_of_another_kind(tmp_path: Path) -> None:
    settings = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    settings.set_sizes(4, 4)
    h5py.h5f.create(str(tmp_path / "sizes.h5").encode(), fcpl=settings).close()
    h5py.File(tmp_path / "block.h5", "w", userblock_size=512).close()
    for name in ("sizes", "block"):
        with pytest.raises(CheckpointError, match=rf"{name}\.h5: an HDF5 file with addresses of its own"):
            legacy_hdf5.read(tmp_path / f"{name}.h5")


def test_a_driver_of_its_own_takes_no_memory(tmp_path: Path) -> None:
    """HDF5 would take as much memory as the block says, 4 GiB here, before it looks at the file's length."""
    with h5py.File(tmp_path / "whole.h5", "w") as file:
        listed(file, 1).create_dataset("w0", data=np.ones(3, "float32"))
    content = bytearray((tmp_path / "whole.h5").read_bytes())
    content[48:56] = len(content).to_bytes(8, "little")
    content += b"\0\0\0\0\xff\xff\xff\xff" + b"NCSAfami" + bytes(64)
    assert fuzzing.verdict(tmp_path / "x.h5", small(), True, [("driver", bytes(content))]) == ""
    with pytest.raises(CheckpointError, match=r"x\.h5: an HDF5 file with a driver of its own"):
        small().load_weights(tmp_path / "x.h5")


def test_files_of_a_newer_version(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "new.h5", "w", libver="latest") as file:
        listed(file, 1).create_dataset("w0", data=np.ones(3, "float32"))
    assert (tmp_path / "new.h5").read_bytes()[8] >= 2
    ((_, ((_, found),)),) = legacy_hdf5.read(tmp_path / "new.h5")
    assert found.tolist() == [1, 1, 1]


@pytest.mark.parametrize("compression", ["gzip", None])
def test_honest_pieces(compression: str | None, tmp_path: Path) -> None:
    random = np.random.default_rng(0).normal(size=(33, 17)).astype("float32")
    with h5py.File(tmp_path / "w.h5", "w") as file:
        group = listed(file, 2)
        options: dict[str, Any] = {"shuffle": True, "fletcher32": True} if compression else {}
        group.create_dataset("w0", data=random, chunks=(8, 8), compression=compression, **options)
        group.create_dataset("w1", (5,), "f4", chunks=(2,), maxshape=(None,))  # no piece was ever written
    ((_, ((_, first), (_, second))),) = legacy_hdf5.read(tmp_path / "w.h5")
    np.testing.assert_array_equal(first, random)
    np.testing.assert_array_equal(second, np.zeros(5, "float32"))
