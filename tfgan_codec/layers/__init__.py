"""Keras layers of the codecs, one family per file."""
