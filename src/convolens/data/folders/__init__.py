"""Which folders and files are photos, of which class and side."""
