"""Training: the one `train_step`, and one file per technique around it."""
