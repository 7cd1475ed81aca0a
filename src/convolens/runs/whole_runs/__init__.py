"""Whole runs: from a folder of photos to a report; begun, gone on with, and ended."""
