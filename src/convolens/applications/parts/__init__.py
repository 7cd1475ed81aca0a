"""What the named architectures are made with: their arguments, checks, ends, and first weights."""
