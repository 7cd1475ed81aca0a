"""Augmenting: the Augment page: variations of a photo, live, and how to ask for the same elsewhere."""
