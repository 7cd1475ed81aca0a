"""Learners on features, and what cross-validation says of them."""
