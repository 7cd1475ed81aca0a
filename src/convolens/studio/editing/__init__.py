"""Editing: photos moved on disk, whole or not at all, each edit in a log from which it is undone."""
