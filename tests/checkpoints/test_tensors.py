"""safetensors: what is written comes back bit for bit, and other tools open it."""

from pathlib import Path

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
import safetensors
import safetensors.numpy
import torch
from hypothesis import given

from convolens.checkpoints import tensors
from convolens.errors import CheckpointError, MissingFileError

ARRAYS = st.sampled_from([np.float32, np.float64, np.int64, np.uint8, np.bool_]).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)


@given(held=st.dictionaries(st.text(min_size=1, max_size=8).filter(lambda n: n != "__metadata__"), ARRAYS))
def test_any_tensors_come_back(held: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("tensors") / "t.safetensors"
    tensors.write(path, {name: torch.from_numpy(array) for name, array in held.items()}, {"writer": "test"})
    found = tensors.read(path)
    assert found.keys() == held.keys()
    for name, array in held.items():
        np.testing.assert_array_equal(found[name].numpy(), array, strict=True)
    with safetensors.safe_open(path, "numpy") as file:
        assert file.metadata() == {"writer": "test"}


def test_views_parameters_and_shared_memory(tmp_path: Path) -> None:
    whole = torch.arange(24.0).reshape(2, 3, 4)
    given_ = {
        "transposed": whole.permute(2, 0, 1),
        "channels last": torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last),
        "same": whole,
        "again": whole,
        "part": whole[0],
        "parameter": torch.nn.Parameter(whole * 2),
    }
    tensors.write(tmp_path / "t.safetensors", given_)
    found = tensors.read(tmp_path / "t.safetensors")
    other = safetensors.numpy.load_file(tmp_path / "t.safetensors")
    for name, tensor in given_.items():
        assert torch.equal(found[name], tensor)
        np.testing.assert_array_equal(other[name], tensor.detach().numpy())


def test_refusals(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    with pytest.raises(MissingFileError, match=r"t\.safetensors: no such weights file"):
        tensors.read(path)
    tensors.write(path, {"a": torch.ones(100)})
    content = path.read_bytes()
    huge = (2**62).to_bytes(8, "little")
    damaged = [
        content[:-1],
        content[:4],
        b"",
        huge + content[8:],
        content[:8] + b"[" + content[9:],
        content + b"x",
    ]
    for i, changed in enumerate(damaged):
        path.write_bytes(changed)
        with pytest.raises(CheckpointError, match=r"not a whole safetensors file .*use another checkpoint"):
            tensors.read(path)
        assert path.read_bytes() == changed, i
