"""More from training: what comes before, after and beside it."""
