"""Explanation: why a run says what it says of a photo."""
