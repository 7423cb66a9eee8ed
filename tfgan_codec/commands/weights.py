"""Makes the weight files of LPIPS, DISTS, FID and KID from public checkpoints: `tgc weights`."""

from __future__ import annotations

from collections.abc import Sequence

from tfgan_codec import cli
from tfgan_codec.metrics import weights
from tfgan_codec.metrics.convert import convert

_USAGE = """
usage: {program} [--from=CHECKPOINT,...] [--weights=FOLDER]

Without --from: says which weights for LPIPS, DISTS, FID and KID are there, and what to download for
the others. With it: converts the downloaded files; PyTorch is not needed.

  {program} --from=alexnet-owt-7be5be79.pth,alex.pth
"""


def main(argv: Sequence[str] | None = None, program: str = "tgc weights") -> int:
    """Runs the program, which its usage text calls `program`, and returns its exit status."""
    values = cli.Flags()
    values.add("from", [], "The downloaded checkpoints.")
    text = f"Folder of the weight files. Default: {weights.VARIABLE}, else one in the user's cache."
    values.add("weights", str(weights.default_folder()), text)

    def run() -> None:
        files = values["from"].value
        for path in convert(files, values.weights) if files else []:
            print(f"wrote {path}")
        for name, file in weights.FILES.items():
            try:
                weights.load(name, values.weights)
                print(f"{name}: ready in {values.weights}")
            except weights.WeightsMissingError:
                print(f"{name}: not in {values.weights}; download these and give them to --from:")
                print(*(f"  {source}" for source in file.sources), sep="\n")

    return cli.run(run, values, _USAGE.format(program=program), argv)
