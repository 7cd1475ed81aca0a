"""Layers one after another: what may be left out between them, and layers made of such chains."""
