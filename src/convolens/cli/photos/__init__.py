"""The commands that look at photos."""
