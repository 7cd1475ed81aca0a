"""Training: one run from its first weights to its last state."""
