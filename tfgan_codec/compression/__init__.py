"""The door to TensorFlow Compression: what the library takes of it comes from here alone.

Two implementations have the same names, arguments, variables and checkpoints, so that a run that
one began goes on with the other: TensorFlow Compression itself, the reference, where it is
installed, and elsewhere this project's own in plain TensorFlow. `TFGAN_COMPRESSION=tfc` or `own` in
the environment insists on one; `RUNS` says which one it is.
"""

import tfgan_codec.keras2  # noqa: F401
from tfgan_codec.compression.choice import TFC, choose

RUNS = choose()
if RUNS == TFC:
    from tfgan_codec.compression.tfc import (
        GDN,
        GDNParameter,
        NoisyDeepFactorized,
        NoisyNormal,
        StreamDecoder,
        encode,
    )
else:
    from tfgan_codec.compression.deep_factorized import NoisyDeepFactorized
    from tfgan_codec.compression.gdn import GDN
    from tfgan_codec.compression.gdn_parameter import GDNParameter
    from tfgan_codec.compression.noisy_normal import NoisyNormal
    from tfgan_codec.compression.range_coding import (  # type: ignore[assignment]
        StreamDecoder,
        encode,
    )

__all__ = [
    "GDN",
    "RUNS",
    "GDNParameter",
    "NoisyDeepFactorized",
    "NoisyNormal",
    "StreamDecoder",
    "encode",
]
