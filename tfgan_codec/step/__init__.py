"""Defines one training step: the base class of all codecs has the project's only `train_step`."""

import tfgan_codec.keras2  # noqa: F401
