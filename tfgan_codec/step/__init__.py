"""What one training step is: the base of all codecs with the only `train_step`."""
