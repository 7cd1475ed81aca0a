"""Records: what the folder of runs holds, read from the runs' own files."""
