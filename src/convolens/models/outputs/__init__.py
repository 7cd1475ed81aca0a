"""Models of several outputs: their targets, losses and metrics."""
