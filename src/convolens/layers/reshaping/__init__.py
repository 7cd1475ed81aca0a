"""Layers that move, repeat or cut values, and learn nothing."""
