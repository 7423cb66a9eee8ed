"""The commands: `python -m apps.compress --help` and its neighbours. Thin; the library does it."""
