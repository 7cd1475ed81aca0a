"""Comparing: the Compare page: what runs cost and are worth, and where two of them differ, photo by photo."""
