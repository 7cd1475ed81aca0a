"""Graph: a network drawn as boxes and arrows."""
