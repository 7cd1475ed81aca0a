"""Lessons: what the lecture shows, with the reader's own photos and numbers."""
