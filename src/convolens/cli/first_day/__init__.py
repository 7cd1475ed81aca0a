"""The commands of a first day."""
