"""The rules by which weights are changed, one optimizer a file."""
