"""Memory is kept within the block: what was fetched once is not fetched again, and all is as usual behind it."""

import subprocess
import sys

import pytest
import torch

from convolens.memory import kept_memory

PROGRAM = """
import resource
import torch
from convolens.memory import kept_memory

def fetched():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.ones(2**22)  # 16 MB, as a layer of a batch has
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

with kept_memory():
    with kept_memory():
        torch.ones(2**22)
    print(min(fetched() for _ in range(10)))
print(fetched())  # what was kept is given back behind it
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_pages_are_fetched_once():
    """In a process of its own: what other tests left free in the heap would serve as well."""
    printed = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    ).stdout
    kept, given_back = map(int, printed.split())
    assert kept < 1000
    assert given_back >= 4000


def test_errors_end_it():
    with pytest.raises(KeyError), kept_memory():
        raise KeyError
    with kept_memory():
        assert torch.ones(3).sum() == 3
