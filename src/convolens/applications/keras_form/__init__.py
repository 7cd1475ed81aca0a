"""Keras' own networks: its layers' names and order, its weights and files, its preprocessing."""
