"""Convolving: the Convolve page: one convolution and its pooling on pixels of a photo, number by number."""
