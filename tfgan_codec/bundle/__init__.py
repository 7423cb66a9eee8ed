"""Bundles: what a trained model is on disk, and every check of it."""
