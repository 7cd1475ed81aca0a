"""Work on many items keeps their order, and ends with the first error."""

import threading
import time

import pytest

from convolens.threads import TINY, in_threads


def test_results_are_in_the_items_order():
    def work(number):
        time.sleep(0.001 * (number % 3))
        return number, threading.get_ident()

    found = in_threads(work, range(30))
    assert [number for number, _ in found] == list(range(30))
    assert in_threads(work, []) == []


def test_an_error_ends_it():
    begun = []

    def work(number):
        begun.append(number)
        time.sleep(0.002)
        if number == 3:
            raise ValueError("three")

    with pytest.raises(ValueError, match="three"):
        in_threads(work, range(1000))
    assert len(begun) < 1000


@pytest.mark.parametrize(("seconds", "below", "several"), [(0.0, 1.0, False), (10 * TINY, TINY, True)])
def test_small_work_is_done_alone(seconds, below, several):
    def work(number):
        if number > 20:  # slow work may come late
            time.sleep(seconds)
        return threading.get_ident()

    found = in_threads(work, range(60), threads=2, alone_below=below)
    assert (len(set(found)) > 1) == several
    assert len(found) == 60
