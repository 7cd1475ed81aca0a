"""GPU: what was drawn, applied by torch operations where the pixels lie."""
