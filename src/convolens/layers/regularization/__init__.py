"""Layers that leave something out at random while training."""
