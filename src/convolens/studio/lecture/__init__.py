"""Lecture: the Lecture page: the numbers of its ten pages, from the modules that compute them."""
