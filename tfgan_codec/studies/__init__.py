"""Runs experiments: many codecs that differ in one thing, measured on real files."""

import tfgan_codec.keras2  # noqa: F401
