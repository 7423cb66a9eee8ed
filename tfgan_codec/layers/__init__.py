"""Keras layers of the codecs, one family per file."""

import tfgan_codec.keras2  # noqa: F401
