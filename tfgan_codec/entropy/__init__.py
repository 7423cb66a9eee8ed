"""Holds entropy models: rate estimates for training, integer tables and symbols for real files."""
