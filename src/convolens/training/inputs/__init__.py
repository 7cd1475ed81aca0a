"""What a training, an evaluation or a prediction is given, as batches: arrays, generators, indexed sources, loaders."""
