"""From trained Keras models to bundles, which need no TensorFlow to run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from tfgan_codec.bundle.layered import LayeredBundle, write_layered_bundle
from tfgan_codec.bundle.model import Bundle, Part
from tfgan_codec.bundle.writing import write_bundle
from tfgan_codec.deploy.convert import convert, resizable
from tfgan_codec.deploy.parts import parts_of
from tfgan_codec.deploy.reach import reach, synthesis_reach
from tfgan_codec.errors import UsageError
from tfgan_codec.format.geometry import STRIDE
from tfgan_codec.models.blocks.autoencoder import Autoencoder
from tfgan_codec.models.from_bundle import restore
from tfgan_codec.models.msae import Msae
from tfgan_codec.training.config import public_config
from tfgan_codec.training.trained import load_run, training_batches

# Any shape would do, see `deploy.convert`.
_SIDE = 256


def from_run(run: str, out: str, name: str | None = None, best: bool = False) -> None:
    """Writes the bundle of a run's newest or best checkpoint and says what it made."""

    model = load_run(run, best)
    if hasattr(model, "measure"):
        model.measure(training_batches(run))
    model.prepare_for_coding()
    bundle = write(model, out, name or model.name, _info(model, run))
    _say(bundle, out)


def add_decoder(run: str, base: str, out: str, realism: float, best: bool = False) -> None:
    """Writes the bundle `base` with the decoder of a run as one more of its decoders."""

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

    return {"training": public_config(run), "steps": int(model.g_optimizer.iterations)}


def _say(bundle, out: str) -> None:
    size = sum(path.stat().st_size for path in Path(out).iterdir())
    print(f"{out}: {bundle.name}, model {bundle.model_id.hex()}, {size} bytes")


def write(model, out: str, name: str, info: dict):
    """Writes the bundle of a model whose tables are prepared; returns it loaded."""

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


def write_layers(
    model: Msae, out: str, name: str, info: dict, write: Callable[[int, Autoencoder, str], object]
) -> LayeredBundle:
    """Has `write` make the bundle of each autoencoder, by number, in a folder; packs them."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = []
        for number, autoencoder in enumerate(model.autoencoders):
            folders.append(Path(scratch) / autoencoder.name)
            write(number, autoencoder, str(folders[-1]))
        return write_layered_bundle(out, name=name, layers=folders, info=info)
