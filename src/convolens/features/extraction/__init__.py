"""Activations of any layer: chosen, computed, kept."""
