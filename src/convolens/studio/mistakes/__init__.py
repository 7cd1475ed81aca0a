"""Mistakes: what a run gets wrong, which labels are suspect, what was decided about them, and the run learnt again."""
