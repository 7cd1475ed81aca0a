"""List the tests that take long in `slow.txt`.

make test slow PYTEST_ARGS="--durations=0 --durations-min=0.05" > log; python tests/list_slow.py log
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

LIST = Path(__file__).with_name("slow.txt")
SECONDS = 0.6  # a test function that takes this long, on two idle cores; with several sets of parameters the second slowest, for the
# first may wait for what is imported or compiled once

SHARED = 10  # a file whose tests wait so long for what they share goes there whole

# These stay in `make test` whatever they take: what the project promises first.
KEPT = (
    "test_keras_programs.py::test_runs_unchanged",
    "test_kill.py::test_killed_15_times_the_end_is_the_same",
    "test_hostile_house.py::test_it_ends_in_good_order",
    "test_few_photos_page.py::test_the_readme",
    "test_pictures.py::test_every_way_refuses_the_same",
)


def slow_tests(log: str) -> list[tuple[int, str]]:
    """Return (seconds of all its parameters, name) of each slow test or file, the slowest first."""
    items: dict[str, float] = defaultdict(float)
    shared: set[str] = set()
    for seconds, part, name in re.findall(
        r"^\s*([\d.]+)s (call|setup|teardown)\s+(\S+::.+?)\s*$", log, re.MULTILINE
    ):
        if part == "setup" and float(seconds) >= SHARED and not name.endswith(KEPT):
            shared.add(name.split("::")[0])
        items[name] += float(seconds)
    tests: dict[str, list[float]] = defaultdict(list)
    for name, seconds in items.items():
        file = name.split("::")[0]
        tests[file if file in shared else name.split("[")[0]].append(seconds)
    slow = [
        (round(sum(each)), name)
        for name, each in tests.items()
        if sorted(each)[-2:][0] >= SECONDS and not name.endswith(KEPT) and name.startswith("tests/")
    ]
    return sorted(slow, key=lambda found: (-found[0], found[1]))


if __name__ == "__main__":
    found = slow_tests("\n".join(Path(log).read_text() for log in sys.argv[1:]))
    LIST.write_text("".join(f"{seconds:3d} {name}\n" for seconds, name in found))
