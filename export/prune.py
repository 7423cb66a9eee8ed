"""Makes the decoder of a `mobile` bundle smaller by leaving out its weakest channels."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from absl import flags

from apps import _main
from tfgan_codec import bundle_files

_USAGE = """
usage: python -m export.prune --model=MODEL --out=FOLDER [--keep=0.7]

Writes a bundle whose decoder has a share of the channels of MODEL's and opens the same files. Its
pictures are worse until it is trained on; export.distill does that:

  python -m export.prune --model=mobile --keep=0.7 --out=runs/pruned
  python -m export.distill --model=mobile --init_from=runs/pruned --data=photos --out=runs/small \\
      --minutes=60
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = _main.new_flags()
    kw = {"flag_values": values}
    flags.DEFINE_string("model", None, "Bundle, by its name or path.", **kw)
    flags.DEFINE_string("out", None, "Where to write the bundle.", **kw)
    flags.DEFINE_float("keep", 0.7, "Share of the channels that stay.", **kw)

    def command() -> None:
        for name in ("model", "out"):
            if values[name].value is None:
                raise _main.CommandLineError(f"--{name} is required")
        prune(values.model, values.out, values.keep)

    return _main.run(command, values, _USAGE, argv)


def prune(model: str, out: str, keep: float) -> None:
    """Writes the bundle and says how much smaller its decoder is."""
    bundle_files.locate(model)
    # TensorFlow takes seconds to import: only when there is something to do.
    from export import bundle as bundles
    from tfgan_codec.bundle import Bundle
    from tfgan_codec.models.from_bundle import restore
    from tfgan_codec.models.prune import prune_decoder

    bundle = Bundle.load(model)
    smaller = restore(bundle)
    prune_decoder(smaller, keep)
    info = {**bundle.info, "decoder": f"pruned by export.prune to {keep:g} of the channels"}
    written = bundles.write(smaller, out, f"{bundle.name}-pruned", info)
    for each in (bundle, written):
        print(_sizes(each))


def _sizes(bundle) -> str:
    from tfgan_codec.metrics.complexity import of_tflite

    network = bundle.part("synthesis").tflite
    side = 16
    shape = (1, side, side, bundle.gain.shape[1])
    work = of_tflite(network, shape, (side * 16) ** 2).kmac_per_pixel
    return f"{bundle.name}: decoder of {len(network)} bytes, {work:.1f} kMAC per pixel"


if __name__ == "__main__":
    sys.exit(main())
