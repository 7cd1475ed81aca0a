"""The workspace: the folder of photos and the folder of runs that are open, and what the studio keeps beside them, in plain files."""
