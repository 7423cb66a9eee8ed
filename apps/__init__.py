"""Holds the commands, such as `python -m apps.compress --help`; the library does their work."""

import sys

from tfgan_codec import streams

if sys.argv[:1] == ["-m"]:  # python -m apps.NAME, whose imports come before its main
    streams.end_on_interrupt()
