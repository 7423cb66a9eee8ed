"""Holds the commands that make what devices run from trained Keras models."""
