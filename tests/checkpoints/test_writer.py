"""Jobs are done on a thread, one after the other, and what goes wrong is heard at the next."""

import threading

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import given
from hypothesis import strategies as st

from convolens.checkpoints.state import make_state
from convolens.checkpoints.tensors import pieces
from convolens.checkpoints.writer import Writer
from convolens.errors import CheckpointError, WriteError

TYPES = [torch.float32, torch.float64, torch.bfloat16, torch.float16, torch.int64, torch.uint8, torch.bool]


def test_jobs_go_on_beside_the_caller_and_in_order():
    writer, done, go = Writer(), [], threading.Event()

    def first() -> None:
        go.wait(10)
        done.append(1)

    writer.submit(first)
    assert done == []
    threading.Timer(0.05, go.set).start()
    writer.submit(lambda: done.append(2))  # waits for the first
    assert done[0] == 1
    writer.wait()
    writer.wait()
    assert done == [1, 2]


@pytest.mark.parametrize("background", [True, False])
def test_an_error_is_heard_once_and_then_it_goes_on(background):
    writer, done = Writer(background), []

    def fails() -> None:
        raise WriteError("full")

    def submit_and_wait() -> None:
        writer.submit(fails)
        writer.wait()

    with pytest.raises(WriteError, match="full"):
        submit_and_wait()
    writer.submit(lambda: done.append(1))
    writer.wait()
    assert done == [1]


def test_the_memory_of_a_spare_state_takes_the_next():
    values = {"epoch": 1, "batch": 0, "step": 1, "epochs": 2, "stopped": False, "environment": {}}
    weights = torch.arange(12.0).reshape(1, 3, 2, 2).contiguous(memory_format=torch.channels_last)
    same_name = {"a.b": torch.ones(2), "a": {"b": torch.zeros(2)}}
    first = make_state({"m": {"w": weights, **same_name}}, **values)
    places = {tensor.data_ptr() for tensor in first.tensors.values()}
    second = make_state({"m": {"w": weights + 1, **same_name}}, **values, spare=first)
    assert torch.equal(second.part("m")["w"], weights + 1)
    assert torch.equal(second.part("m")["a.b"], torch.ones(2))
    assert torch.equal(second.part("m")["a"]["b"], torch.zeros(2))
    assert second.tensors["m.w"].data_ptr() in places
    third = make_state({"m": {"w": weights[0], **same_name}}, **values, spare=second)  # another shape
    assert torch.equal(third.part("m")["w"], weights[0])


@given(
    shapes=st.lists(st.lists(st.integers(0, 4), max_size=3), max_size=5), types=st.lists(st.sampled_from(TYPES), min_size=5),
    names=st.lists(st.text(min_size=1, max_size=6), min_size=5, max_size=5, unique=True),
)  # fmt: skip
def test_pieces_are_a_file_that_the_library_reads(shapes, types, names):
    tensors = {
        name: (torch.arange(float(torch.Size(shape).numel())) + 1).reshape(shape).to(dtype)
        for shape, dtype, name in zip(shapes, types, names, strict=False)
        if name != "__metadata__"
    }
    file = b"".join(pieces(tensors, {"b": "2", "a": "1"}))
    read = safetensors.torch.load(file)
    assert set(read) == set(tensors)
    for name, tensor in tensors.items():
        assert read[name].dtype == tensor.dtype
        assert torch.equal(read[name], tensor)
    assert file == b"".join(pieces(dict(reversed(tensors.items())), {"a": "1", "b": "2"}))


def test_large_tensors_are_cut_and_strange_types_refused():
    large = {"large": torch.rand(3_000_000, 2), "small": torch.ones(3), "tied": torch.ones(3)}
    cut = list(pieces(large, {"format": "pt"}))
    assert max(len(piece) for piece in cut) <= 2**24
    assert len(cut) == 4
    assert torch.equal(safetensors.torch.load(b"".join(cut))["large"], large["large"])
    with pytest.raises(
        CheckpointError, match=r"w: a tensor of torch.complex128 cannot be saved; convert it to float32"
    ):
        list(pieces({"w": torch.zeros(2, dtype=torch.complex128)}, {}))


def test_pieces_of_a_tensor_are_its_own_memory():
    tensor = torch.rand(5_000_000)
    cut = [np.frombuffer(piece, np.uint8) for piece in pieces({"w": tensor}, {})][1:]  # behind the header
    assert sum(piece.size for piece in cut) == 4 * len(tensor)
    assert all(np.shares_memory(piece, tensor.numpy()) for piece in cut)
