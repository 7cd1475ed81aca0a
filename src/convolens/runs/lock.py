"""The lock of a run folder, which is `checkpoints.lock`."""

from convolens.checkpoints.lock import NAME, locked

__all__ = ["NAME", "locked"]
