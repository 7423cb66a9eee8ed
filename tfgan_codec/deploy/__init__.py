"""Makes bundles and decoders for devices from trained Keras models; this needs TensorFlow."""
