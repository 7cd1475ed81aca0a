"""Devices by name: what peers type is understood, what is not there is said in one line."""

import pytest

from convolens.errors import ArgumentError, UnknownNameError
from convolens.training.device import find_device


@pytest.mark.parametrize(
    ("name", "gpus", "mps", "found"),
    [
        ("auto", 2, True, "cuda"),
        ("auto", 0, True, "mps"),
        ("auto", 0, False, "cpu"),
        ("cpu", 2, True, "cpu"),
        ("CUDA", 1, False, "cuda"),
        ("cuda:1", 2, False, "cuda:1"),
        ("0", 1, False, "cuda:0"),
        (1, 2, False, "cuda:1"),
        ("cuda:01", 2, False, "cuda:1"),
        ("mps", 0, True, "mps"),
    ],
)
def test_names(name, gpus, mps, found):
    assert find_device("train", name, gpus, mps) == found


@pytest.mark.parametrize(
    ("name", "gpus", "error", "words"),
    [
        ("cudaa", 1, UnknownNameError, "device must be auto, cpu, mps, cuda, .*'cudaa'. Did you mean 'cuda'"),
        ("gpu", 0, UnknownNameError, "received 'gpu'. Did you mean 'cuda'"),
        ("tpu", 1, UnknownNameError, "received 'tpu'"),
        ("cuda:", 1, UnknownNameError, "received 'cuda:'"),
        ("cuda:x", 1, UnknownNameError, "received 'cuda:x'"),
        ("cpu:1", 1, UnknownNameError, "received 'cpu:1'"),
        ("-1", 1, UnknownNameError, "received '-1'"),
        ("", 1, UnknownNameError, "received ''"),
        ("cuda", 0, ArgumentError, "'cuda' was asked for, but torch sees no GPU here; use auto or cpu"),
        ("0", 0, ArgumentError, "'0' was asked for, but torch sees no GPU here"),
        ("2", 2, ArgumentError, "'2' was asked for, but torch sees 2 GPUs here, from cuda:0 to cuda:1"),
        ("cuda:1", 1, ArgumentError, "sees 1 GPU here"),
        ("mps", 1, ArgumentError, "'mps' was asked for, but torch sees no Apple GPU here; use auto or cpu"),
    ],
)
def test_what_is_not_there_is_said(name, gpus, error, words):
    with pytest.raises(error, match=words) as raised:
        find_device("train", name, gpus, mps=False)
    assert "\n" not in str(raised.value)
