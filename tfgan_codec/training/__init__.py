"""Runs training: phases, callbacks and checkpoints around the steps of `step.gan`."""

import tfgan_codec.keras2  # noqa: F401
