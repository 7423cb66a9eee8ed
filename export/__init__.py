"""From trained Keras models to what devices run."""
