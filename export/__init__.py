"""From trained Keras models to files that other programs run."""
