"""Holds the decoder in Java and the Android demo; `python -m export.android` gives it a model."""
