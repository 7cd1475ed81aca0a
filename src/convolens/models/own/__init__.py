"""Models whose class says itself how a batch is trained on, tested or predicted: `train_step` and its kin."""
