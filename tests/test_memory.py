"""Memory is kept within the block: what was fetched once is not fetched again, and all is as usual behind it."""

import resource
import sys

import pytest
import torch

from convolens.memory import kept_memory

BLOCK = 2**24  # numbers: 64 MB, which glibc by itself always gives back


def faults() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_pages_are_fetched_once():
    def fetched() -> int:
        before = faults()
        torch.ones(BLOCK)
        return faults() - before

    with kept_memory():
        with kept_memory():
            torch.ones(BLOCK)
        assert min(fetched() for _ in range(10)) < 1000
    fetched()  # what was kept is given back behind it
    assert min(fetched() for _ in range(3)) >= 4000


def test_errors_end_it():
    with pytest.raises(KeyError), kept_memory():
        raise KeyError
    with kept_memory():
        assert torch.ones(3).sum() == 3
