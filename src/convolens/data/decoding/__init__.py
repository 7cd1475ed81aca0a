"""From the bytes of a file to pixels, as the network will see them."""
