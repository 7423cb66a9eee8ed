"""From trained Keras models to bundles and decoders for devices. Needs TensorFlow."""
