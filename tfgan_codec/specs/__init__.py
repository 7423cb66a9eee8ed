"""Reads the one language of flag values, `name:key=value`, and numbers that change in a run."""
