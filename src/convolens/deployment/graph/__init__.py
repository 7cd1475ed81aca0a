"""The graph of a run: what a photo goes through before, in and after the network, in ONNX's operators."""
