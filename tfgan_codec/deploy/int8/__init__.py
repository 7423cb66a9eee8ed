"""Decoders in 8-bit integers: the plain chain, equal channels, calibration, training with it."""
