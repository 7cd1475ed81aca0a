"""What is remembered between runs: decoded pixels, the content of files, fingerprints of data sets."""
