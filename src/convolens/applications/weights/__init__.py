"""Weights learnt elsewhere: their names, files and normalization."""
