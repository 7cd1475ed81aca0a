"""Parting photos into training and validation, or into folds."""
