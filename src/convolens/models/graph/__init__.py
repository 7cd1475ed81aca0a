"""Graph: the modules that networks are, and their descriptions."""
