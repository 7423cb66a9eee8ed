"""Holds what happens beside the steps of a run, one Keras callback per file."""
