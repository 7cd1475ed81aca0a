"""The devices that a property about the device's way is tried on."""

import pytest
import torch

NO_CUDA = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="no CUDA device, or hidden: set CUDA_VISIBLE_DEVICES=0"
)
DEVICES = ["cpu", pytest.param("cuda", marks=NO_CUDA)]
