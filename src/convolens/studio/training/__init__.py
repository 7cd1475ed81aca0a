"""Training: the Train page: runs that are there, begun, watched, paused and resumed."""
