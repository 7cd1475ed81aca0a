"""The named architectures, a file each."""
