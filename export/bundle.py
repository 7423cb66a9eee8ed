"""Makes a model bundle, which needs no TensorFlow to run, from a training run."""

import sys
from collections.abc import Sequence
from pathlib import Path

from absl import flags

from apps import _main

_USAGE = """python -m export.bundle --model=RUN --out=FOLDER [--name=mobile]

Turns the newest checkpoint of a run of apps.train into a bundle: networks as TFLite files, integer
tables and gains. FOLDER then works wherever a command takes --model.

  python -m export.bundle --model=runs/a --out=bundles/mine
  python -m apps.compress photo.jpg photo.tgc --model=bundles/mine"""

# Any shape would do, see export.networks.
_SIDE = 256


def main(argv: Sequence[str] | None = None) -> int:
    values = _main.new_flags()
    flags.DEFINE_string("model", None, "Folder of the run.", flag_values=values)
    flags.DEFINE_string("out", None, "Where to write the bundle.", flag_values=values)
    flags.DEFINE_string("name", "mobile", "Name of the model.", flag_values=values)

    def command() -> None:
        given = {name: values[name].value for name in ("model", "out", "name")}
        for name, value in given.items():
            if value is None:
                raise _main.CommandLineError(f"--{name} is required")
        export(given["model"], given["out"], given["name"])

    return _main.run(command, values, _USAGE, argv)


def export(run: str, out: str, name: str) -> None:
    """Writes the bundle of a run's newest checkpoint and says what it made."""
    # TensorFlow takes seconds to import: only when there is something to do.
    from tfgan_codec.training.run import load_run, public_config, training_batches

    model = load_run(run)
    if hasattr(model, "measure"):
        model.measure(training_batches(run))
    model.prepare_for_coding()
    info = {"training": public_config(run), "steps": int(model.g_optimizer.iterations)}
    bundle = write(model, out, name, info)
    size = sum(path.stat().st_size for path in Path(out).iterdir())
    print(f"{out}: {bundle.name}, model {bundle.model_id.hex()}, {size} bytes")


def write(model, out: str, name: str, info: dict):
    """Writes the bundle of a model whose tables are prepared; returns it loaded."""
    from export.networks import convert, reach, resizable
    from export.parts import parts_of
    from tfgan_codec.bundle import STRIDE, Part, write_bundle

    scale_decoder = model.integer_scale_decoder()  # first: not every model has one
    parts = parts_of(model)
    side = _SIDE // STRIDE
    y_shape = (1, side, side, parts.gain.shape[1])
    z_shape = (1, side // 4, side // 4, len(parts.z_tables.length))
    with resizable(model):
        return write_bundle(
            out,
            name=name,
            networks={
                "analysis": Part(
                    convert(parts.analysis, (1, _SIDE, _SIDE, 3)), reach(model.analysis)
                ),
                "hyper_analysis": Part(
                    convert(parts.hyper_analysis.function, y_shape), parts.hyper_analysis.reach
                ),
                "mean": Part(convert(parts.mean.function, z_shape), parts.mean.reach),
            },
            synthesis={0.0: Part(convert(model.synthesise, y_shape), reach(model.synthesis))},
            z_tables=parts.z_tables,
            y_tables=parts.y_tables,
            scale_decoder=scale_decoder,
            gain=parts.gain,
            inverse_gain=parts.inverse_gain,
            info=info,
        )


if __name__ == "__main__":
    sys.exit(main())
