"""Holds entropy models: rate estimates for training, integer tables and symbols for real files."""

import tfgan_codec.keras2  # noqa: F401
