"""Experiments: many runs that differ in one thing, measured on real files."""
