"""Runs experiments: many codecs that differ in one thing, measured on real files."""
