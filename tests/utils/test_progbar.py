"""Progbar tells how far a loop is, and means."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from convolens.utils import Progbar

STEPS = st.lists(st.tuples(st.integers(1, 4), st.floats(-9, 9), st.floats(0, 1)), min_size=1, max_size=6)


@given(STEPS)
def test_what_is_told_is_the_mean_over_the_steps(steps: list[tuple[int, float, float]]) -> None:
    """As in Keras 2, which such loops were written for; Keras 3 tells the last value."""
    bar = Progbar(sum(count for count, _, _ in steps), verbose=0, stateful_metrics=["rate"])
    for count, loss, rate in steps:
        bar.add(count, [("loss", loss), ("rate", rate)])
    each = [loss for count, loss, _ in steps for _ in range(count)]
    total, count = bar._sums["loss"]
    assert total / count == pytest.approx(sum(each) / len(each))
    assert bar._sums["rate"] == [steps[-1][2], 1]


def test_one_line_at_the_end_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Progbar(None)
    bar.update(3, [("loss", 0.5)])
    assert capsys.readouterr().out == ""
    bar.update(4, finalize=True)
    assert capsys.readouterr().out == "4/? - loss: 0.5000\n"
