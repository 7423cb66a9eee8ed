"""Compresses or decompresses whole archives: many files, many processes, nothing lost.

`apps.batch` and `tgc batch` are its programs, `tfgan_codec.beam` does the same on clusters.
"""
