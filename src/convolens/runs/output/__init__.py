"""Output: where lines, bars and files go, and whether they can."""
