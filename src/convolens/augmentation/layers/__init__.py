"""What Keras' random layers do to a batch of images, given what was drawn for each."""
