"""The plan: never over the minutes, whole epochs, what was asked for."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from convolens.errors import ArgumentError
from convolens.options.transfer import Transfer
from convolens.runs.transfer.plan import (
    LEAST_ENDING,
    LEAST_STEPS,
    LONGEST,
    RESERVED,
    Pace,
    plan,
)

SITUATIONS = {
    "minutes": st.one_of(st.none(), st.floats(0.1, 60)),
    "steps": st.integers(1, 200),
    "photos": st.integers(3, 3000),
    "spent": st.floats(0, 120),
    "step": st.floats(0.01, 5),
    "looking": st.floats(0, 60),
    "learn_all": st.booleans(),
}


@given(**SITUATIONS)
def test_never_over_the_minutes(minutes, steps, photos, spent, step, looking, learn_all):  # type: ignore[no-untyped-def]
    asked, speed = Transfer(minutes=minutes, reason="why"), Pace(spent, step, looking)
    found = plan(asked, steps, photos, speed, learn_all)
    trial, whole = found.trial_epochs, found.whole_epochs
    assert isinstance(trial, int)
    assert isinstance(whole, int)
    if trial == 0:
        assert whole == 0
        assert found.reason.startswith("why, but that takes about ")
        needed = int(found.reason.split("--minutes ")[1].split()[0])
        again = plan(Transfer(minutes=needed + 0.01), steps, photos, speed, learn_all)
        assert again.trial_epochs, "the minutes that it names are enough"
        return
    assert found.reason == "why"
    assert trial * steps >= LEAST_STEPS
    assert (whole > 0) == learn_all
    assert whole * steps >= LEAST_ENDING * learn_all
    seconds = spent + RESERVED + trial * (steps * step + looking) + whole * steps * step
    assert seconds <= 60 * asked.budget(photos) * (LONGEST if minutes is None else 1) + 1e-3


@given(asked=st.integers(1, 50), **SITUATIONS)
def test_epochs_that_are_asked_for_are_taken(asked, minutes, steps, photos, spent, step, looking, learn_all):  # type: ignore[no-untyped-def]
    found = plan(Transfer(), steps, photos, Pace(spent, step, looking), learn_all, asked)
    assert found.trial_epochs == asked
    assert found.whole_epochs == asked * learn_all


def test_minutes_must_be_some() -> None:
    with pytest.raises(
        ArgumentError, match="--minutes must be above 0; --head-only stops at the first answer"
    ):
        Transfer(minutes=0.0).checked()
    with pytest.raises(ArgumentError, match="--head-only stops at the first answer; leave --minutes out"):
        Transfer(head_only=True, minutes=1.0).checked()
