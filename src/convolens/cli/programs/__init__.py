"""Commands about Keras programs."""
