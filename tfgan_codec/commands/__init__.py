"""Holds the programs of the portable codec, which `tgc` and `python -m apps.NAME` run."""
