"""Losses as separate objects: each maps (pictures, codec output) to a value per picture."""
