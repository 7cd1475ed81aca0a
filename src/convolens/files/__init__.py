"""Files: written whole or not at all, locked, read with bounds, fetched and checked."""
