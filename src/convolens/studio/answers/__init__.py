"""Answers: what a run says of one photo, where it sees that, and which training photos are nearest."""
