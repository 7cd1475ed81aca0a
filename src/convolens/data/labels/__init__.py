"""Several labels a photo: their table, and photos read with it."""
