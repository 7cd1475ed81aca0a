"""Events: JSON whatever they hold, and the terminal's lines made of them."""

import io
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from convolens.runs.output import events
from convolens.runs.output.screen import Screen

MEASURES = st.dictionaries(st.text(), st.floats(), max_size=3)


def without_nonsense(value: Any) -> Any:
    """What JSON can hold of nested values: no NaN, no infinity."""
    if isinstance(value, dict):
        return {key: without_nonsense(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nonsense(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@given(
    MEASURES, st.floats(), st.recursive(st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3))
)
def test_every_value_comes_back_from_strict_json(
    measures: dict[str, float], number: float, nested: Any
) -> None:
    for event in (
        events.Epoch(1, 3, measures, number, number, best=True),
        events.Done("runs/a", interrupted=False, result={"nested": nested, "measures": measures}),
        events.FirstAnswer(number, number, "9 validation photos"),
    ):
        told = json.loads(json.dumps(event.as_dict(), allow_nan=False))
        assert next(iter(told)) == "event"
        assert told == {"event": event.event, **without_nonsense(vars(event))}


LINES = [
    (
        events.FirstAnswer(4.25, 0.9125, "80 validation photos"),
        "First answer after 4.2 s: 91.2% of 80 validation photos\n",
    ),
    (
        events.FirstAnswer(75, 0.9125, "1,280 validation photos", 5, 6400, 0.9, 0.0123),
        "First answer after 1 min 15 s: 91.2% of 1,280 validation photos; by 5-fold on all 6,400 photos 90.0% ± 1.2\n",
    ),
    (
        events.Measurement(1234.5, 2.0, 40.0, "cpu", 1),
        "  measured here: 1,234 images/s, 2.0 s an epoch, about 40 s in all (cpu, 1 thread)\n",
    ),
    (events.Plan("runs/a", "shallow-vgg", "cpu", 2, 80, 20, 5, 16, {}), "\nTraining into runs/a\n"),
    (events.Finding("Few", "3 of 4", "take more", "note"), "Few: 3 of 4. Next: take more.\n"),
    (events.Epoch(1, 3, {"loss": 0.5}, 1.0, 80.0, best=True), ""),
    (events.Progress("reading photos", 3, 4), ""),
    (events.Done("runs/a", interrupted=False, result=None), ""),
    (events.Failed("no photos", 2), ""),
]


@pytest.mark.parametrize(("event", "line"), LINES)
def test_the_terminal_listens_like_all_others(event: events.Event, line: str) -> None:
    heard: list[events.Event] = []
    screen = Screen(console=Console(file=io.StringIO(), width=200), listeners=[heard.append, heard.append])
    screen.tell(event)
    assert heard == [event, event]
    assert screen.console.file.getvalue() == line  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("period", "done", "told"),
    [
        (0.0, [1, 3], [(1, 3), (3, 3)]),
        (0.0, [1], [(1, 3), (3, 3)]),  # its end is told, whatever it said last
        (3600.0, [1, 3], []),
    ],
)
def test_long_pieces_of_work_are_told(period: float, done: list[int], told: list[tuple[int, int]]) -> None:
    heard: list[events.Event] = []
    screen = Screen(quiet=True, listeners=[heard.append], period=period)
    with screen.progress("reading photos") as advance:
        for count in done:
            advance(count, 3)
    assert heard == [events.Progress("reading photos", *counts) for counts in told]


def test_quiet_is_for_people_only() -> None:
    """A result and a problem are said all the same."""
    heard: list[events.Event] = []
    screen = Screen(quiet=True, console=Console(file=io.StringIO(), width=200), listeners=[heard.append])
    told = [
        events.Finding("Few", "3 of 4", "take more", severity) for severity in ("note", "advice", "problem")
    ]
    for event in [LINES[0][0], LINES[2][0], LINES[3][0], *told]:
        screen.tell(event)
    assert len(heard) == 6
    printed = screen.console.file.getvalue()  # type: ignore[attr-defined]
    assert [line.split(" ")[0] for line in printed.splitlines()] == ["First", "Few:"]
