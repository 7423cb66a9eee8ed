"""The decoder in Java and the Android demo; `python -m export.android` feeds it a model."""
