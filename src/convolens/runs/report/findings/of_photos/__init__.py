"""Findings about the photos themselves: too few, alike, on both sides, or none of a class."""
