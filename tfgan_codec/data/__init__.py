"""Pictures for training."""

import tfgan_codec.keras2  # noqa: F401
