"""Photos that are the same, or nearly, and how one lies on another."""
