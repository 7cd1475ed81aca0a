"""Answers: what a trained network says of photos, and how good that is."""
