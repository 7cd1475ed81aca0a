"""The commands about files and caches."""
