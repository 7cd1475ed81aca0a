// convolve
