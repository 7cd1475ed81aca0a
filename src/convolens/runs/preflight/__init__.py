"""Preflight: what a run will do and take, measured and said before its first epoch."""
