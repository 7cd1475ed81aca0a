"""Preparation: from DATA to photos on two sides, decoded."""
