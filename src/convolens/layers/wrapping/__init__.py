"""Layers around another layer: at work on every step, or with its weights kept within bounds."""
