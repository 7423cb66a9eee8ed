"""Searches, when a picture is encoded, for better residuals by gradient descent."""

import tfgan_codec.keras2  # noqa: F401
