"""Makes `tf.keras` mean Keras 2, which the training library is written for.

From TensorFlow 2.16 on `tf.keras` is Keras 3, unless a variable of the environment asks for Keras
2, the package tf-keras, before `tf.keras` is used for the first time. Importing this module sets
it; every room of the training library does so first. TensorFlow 2.14 has Keras 2 in any case.

This module does not import TensorFlow. A program may have done so before, as long as it has not
used `tf.keras`.
"""

from __future__ import annotations

import os
import sys

from tfgan_codec.errors import UsageError

os.environ["TF_USE_LEGACY_KERAS"] = "1"

_tensorflow = sys.modules.get("tensorflow")
if _tensorflow and getattr(_tensorflow.keras, "__version__", "2.").startswith("3."):
    raise UsageError(
        "this program uses Keras 3 already, and tfgan_codec trains with Keras 2: "
        "import its models before tf.keras is used, or set TF_USE_LEGACY_KERAS=1"
    )
