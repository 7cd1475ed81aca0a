"""A first answer comes within seconds; what it does not need is not imported on the way."""

import subprocess
import sys


def test_scikit_learn_and_matplotlib_are_not_imported_with_the_runs() -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import sys, convolens.runs; print(*{'sklearn', 'scipy.stats', 'matplotlib.pyplot', 'pandas'} & set(sys.modules))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout.split() == []
