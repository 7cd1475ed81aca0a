"""The server: who may ask, what is answered, how it starts."""
