"""Charts: what the pictures of this house are drawn by."""
