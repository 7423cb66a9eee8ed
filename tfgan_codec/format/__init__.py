"""The file format: `docs/format.md`, chapter by chapter. Needs NumPy and the standard library."""
