"""Makes a model bundle, which needs no TensorFlow to run, from a training run."""

import sys
from collections.abc import Sequence
from pathlib import Path

from absl import flags

from apps import _main
from tfgan_codec.errors import UsageError

_USAGE = """python -m export.bundle --model=RUN --out=FOLDER [--name=mobile | --add_to=BUNDLE]

Turns the newest checkpoint of a run of apps.train into a bundle: networks as TFLite files, integer
tables and gains. FOLDER then works wherever a command takes --model. With --add_to it becomes a
copy of that bundle with one more decoder, that of the run, which must have left the rest of the
codec as it was.

  python -m export.bundle --model=runs/a --out=bundles/mine
  python -m apps.compress photo.jpg photo.tgc --model=bundles/mine
  python -m export.bundle --model=runs/realistic --add_to=bundles/mine --out=bundles/both"""

# Any shape would do, see export.networks.
_SIDE = 256


def main(argv: Sequence[str] | None = None) -> int:
    values = _main.new_flags()
    flags.DEFINE_string("model", None, "Folder of the run.", flag_values=values)
    flags.DEFINE_string("out", None, "Where to write the bundle.", flag_values=values)
    flags.DEFINE_bool(
        "best", False, "The checkpoint that did best in validation.", flag_values=values
    )
    flags.DEFINE_string("name", "mobile", "Name of the model.", flag_values=values)
    flags.DEFINE_string("add_to", None, "Bundle, by name or path.", flag_values=values)
    flags.DEFINE_float(
        "realism", 1.0, "Of the decoder that is added; 0 replaces the faithful.", flag_values=values
    )

    def command() -> None:
        for name in ("model", "out"):
            if values[name].value is None:
                raise _main.CommandLineError(f"--{name} is required")
        if values.add_to:
            add(values.model, values.add_to, values.out, values.realism, values.best)
        else:
            export(values.model, values.out, values.name, values.best)

    return _main.run(command, values, _USAGE, argv)


def export(run: str, out: str, name: str, best: bool = False) -> None:
    """Writes the bundle of a run's newest or best checkpoint and says what it made."""
    # TensorFlow takes seconds to import: only when there is something to do.
    from tfgan_codec.training.trained import load_run, training_batches

    model = load_run(run, best)
    if hasattr(model, "measure"):
        model.measure(training_batches(run))
    model.prepare_for_coding()
    bundle = write(model, out, name, _info(model, run))
    _say(bundle, out)


def add(run: str, base: str, out: str, realism: float, best: bool = False) -> None:
    """Writes the bundle `base` with the decoder of a run as one more of its decoders."""
    from export.networks import convert, synthesis_reach
    from tfgan_codec.bundle import STRIDE, Bundle, Part
    from tfgan_codec.models.from_bundle import restore
    from tfgan_codec.training.trained import load_run

    bundle = Bundle.load(base)
    model = load_run(run, best)
    _check_encoder(model, restore(bundle), run, base)
    side = _SIDE // STRIDE
    network = convert(model.synthesise, (1, side, side, bundle.channels))
    decoders = {each: bundle.part("synthesis", each) for each in bundle.realisms}
    decoders[realism] = Part(network, synthesis_reach(model))
    info = {**bundle.info, f"realism {realism:g}": _info(model, run)}
    _say(with_decoders(bundle, out, bundle.name, decoders, info), out)


def with_decoders(bundle, out: str, name: str, decoders: dict, info: dict, latent_scale=1.0):
    """Writes a bundle with other decoders, parts by their realism; returns it loaded.

    latent_scale: what these decoders want latents multiplied by, one number or one per channel.
    """
    from tfgan_codec.bundle import write_bundle

    return write_bundle(
        out,
        name=name,
        networks={kind: bundle.part(kind) for kind in bundle.kinds if kind != "synthesis"},
        synthesis=decoders,
        z_tables=bundle.z_tables,
        y_tables=bundle.y_tables,
        scale_decoder=bundle.scale_decoder,
        gain=bundle.gain,
        inverse_gain=bundle.inverse_gain * latent_scale,
        context=bundle.context,
        info=info,
    )


def _check_encoder(model, base, run: str, name: str) -> None:
    """Raises unless all but the decoder is that of the bundle: files would mean something else."""
    for part in ("analysis", "entropy", "gains"):
        given, wanted = (getattr(each, part, None) for each in (model, base))
        own = given.trainable_variables if given is not None else []
        pairs = zip(own, wanted.trainable_variables)
        same = len(own) == len(wanted.trainable_variables) and all(
            a.shape == b.shape and bool((a.numpy() == b.numpy()).all())
            for a, b in pairs
            if "DeepFactorized" not in a.name  # not part of a bundle, see `models.from_bundle`
        )
        if not same:
            raise UsageError(
                f"{run} has another {part} than {name}, so it cannot decode its files: train it "
                f"with --init_from={name} and :freeze=analysis+entropy+gains in all phases"
            )


def _info(model, run: str) -> dict:
    from tfgan_codec.training.config import public_config

    return {"training": public_config(run), "steps": int(model.g_optimizer.iterations)}


def _say(bundle, out: str) -> None:
    size = sum(path.stat().st_size for path in Path(out).iterdir())
    print(f"{out}: {bundle.name}, model {bundle.model_id.hex()}, {size} bytes")


def write(model, out: str, name: str, info: dict):
    """Writes the bundle of a model whose tables are prepared; returns it loaded."""
    from export.layers import write_layers
    from export.networks import convert, reach, resizable, synthesis_reach
    from export.parts import parts_of
    from tfgan_codec.bundle import STRIDE, Part, write_bundle
    from tfgan_codec.models.msae import Msae

    if isinstance(model, Msae):
        if model.streams == 1:
            return write(model.autoencoders[0], out, name, info)
        return write_layers(
            model, out, name, info, lambda _, part, folder: write(part, folder, part.name, {})
        )

    scale_decoder = model.integer_scale_decoder()  # first: not every model has one
    parts = parts_of(model)
    side = _SIDE // STRIDE
    y_shape = (1, side, side, parts.gain.shape[1])
    z_shape = (1, side // 4, side // 4, len(parts.z_tables.length))
    with resizable(model):
        networks = {
            "analysis": Part(convert(parts.analysis, (1, _SIDE, _SIDE, 3)), reach(model.analysis)),
            "hyper_analysis": Part(
                convert(parts.hyper_analysis.function, y_shape), parts.hyper_analysis.reach
            ),
        }
        if parts.mean:
            networks["mean"] = Part(convert(parts.mean.function, z_shape), parts.mean.reach)
        return write_bundle(
            out,
            name=name,
            networks=networks,
            synthesis={0.0: Part(convert(model.synthesise, y_shape), synthesis_reach(model))},
            z_tables=parts.z_tables,
            y_tables=parts.y_tables,
            scale_decoder=scale_decoder,
            gain=parts.gain,
            inverse_gain=parts.inverse_gain,
            info=info,
            context=parts.context,
        )


if __name__ == "__main__":
    sys.exit(main())
