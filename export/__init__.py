"""Holds the commands that make what devices run from trained Keras models."""

import sys

from tfgan_codec import streams

if sys.argv[:1] == ["-m"]:  # python -m export.NAME, whose imports come before its main
    streams.end_on_interrupt()
