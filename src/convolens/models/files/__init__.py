"""Files: a model's weights and descriptions as they lie on disk, Keras' and our own."""
