"""Makes bundles and decoders for devices from trained Keras models; this needs TensorFlow."""

import tfgan_codec.keras2  # noqa: F401
