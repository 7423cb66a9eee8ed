"""Holds the commands, such as `python -m apps.compress --help`; the library does their work."""
