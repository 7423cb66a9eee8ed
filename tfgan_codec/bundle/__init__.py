"""Reads, checks and writes bundles, which are trained models on disk."""
