"""The command line: one file per command; nothing heavy is imported before a command runs."""

from convolens.cli.start import main

__all__ = ["main"]
