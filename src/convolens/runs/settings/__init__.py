"""Settings: everything that can be asked of a run, checked, and the recipes."""
