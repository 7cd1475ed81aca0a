"""How long a command's threads spin where they wait for one another: briefly, so that a busy neighbour costs little."""

import os
import sys

# Times that a thread of libgomp (torch's OpenMP on Linux) looks whether the others have come, before it sleeps. Its own default,
# 300,000, is milliseconds: where another process is on the core of one thread, all others spin that long at each of thousands of
# barriers, and keep the one that they wait for from its core. Few enough not to matter there, enough to meet without the system
# call where the cores are free (docs/benchmarks.md). Other OpenMP runtimes do not read it and are left as they are: LLVM's on
# macOS yields its core as it waits, and what Intel's KMP_BLOCKTIME or OMP_WAIT_POLICY=passive would cost there is not measured.
SPIN_COUNT = "2000"
OWN = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")  # whoever sets one of them knows better


def set_spin_count() -> None:
    """Set it for this process and its children, unless the user set one; libgomp reads it once, as torch is loaded."""
    if "torch" in sys.modules or any(name in os.environ for name in OWN):
        return
    os.environ["GOMP_SPINCOUNT"] = SPIN_COUNT
