"""The commands that explain networks."""
