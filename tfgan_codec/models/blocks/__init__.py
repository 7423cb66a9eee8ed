"""Holds the parts that several codecs are made of."""
