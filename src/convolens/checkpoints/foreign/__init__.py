"""Foreign files: Keras' HDF5 and archives, torch's pickles; read without trusting them."""
