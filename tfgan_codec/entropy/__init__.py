"""Entropy models: rate estimates for training, integer tables and symbols for real files."""
