"""CPU: what was drawn, applied by compiled kernels."""
