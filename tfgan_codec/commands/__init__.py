"""The programs of the portable codec: what `tgc` and `python -m apps.NAME` run."""
