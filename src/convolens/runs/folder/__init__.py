"""The run folder: what lies in it, read and written."""
