"""Makes decoders in 8-bit integers: a plain chain, equalised, calibrated and trained."""
