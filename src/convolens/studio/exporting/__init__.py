"""Exporting: the Take away page: a run as a file for other programs, checked, and fetched as one zip."""
