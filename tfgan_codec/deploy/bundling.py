"""Makes bundles, which need no TensorFlow to run, from trained Keras models."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tfgan_codec.bundle.layered import LayeredBundle, write_layered_bundle
from tfgan_codec.bundle.model import Bundle, BundlePart
from tfgan_codec.bundle.writing import write_bundle
from tfgan_codec.deploy.convert import convert, resizable
from tfgan_codec.errors import UsageError
from tfgan_codec.format.geometry import STRIDE
from tfgan_codec.models.blocks.parts import Reaching
from tfgan_codec.models.contract import CodecModel
from tfgan_codec.models.from_bundle import restore
from tfgan_codec.training.config import public_config
from tfgan_codec.training.trained import decodes, load_run, training_batches

# Side in pixels of the shape that is stored; any would do, see `deploy.convert`.
_SIDE = 256


def finished(run: str, best: bool = False) -> CodecModel:
    """Returns the codec of a run's newest or best checkpoint, with its coding tables computed."""
    if base := decodes(run):
        raise UsageError(
            f"{run} is a decoder for the files of {base}, with which it has its tables: give "
            f"export.bundle --add_to={base}"
        )
    model = load_run(run, best)
    model.measure(training_batches(run))
    model.prepare_for_coding()
    return model


def from_run(
    run: str,
    out: str,
    name: str | None = None,
    best: bool = False,
    says: Mapping[str, str | None] | None = None,
) -> None:
    """Writes the bundle of a run's newest or best checkpoint, and prints name, id and size.

    says: what its manifest is to tell people, by name; None where there is nothing to tell.
    """
    model = finished(run, best)
    bundle = write(model, out, name or model.name, {**_told(says), **_info(model, run)})
    _say(bundle, out)


def add_decoder(
    run: str,
    out: str,
    base: str,
    realism: float,
    name: str | None = None,
    best: bool = False,
    says: Mapping[str, str | None] | None = None,
) -> None:
    """Writes the bundle `base` with the decoder of a run as one more of its decoders, perhaps under
    another name, and what its manifest is to tell people besides."""
    bundle = Bundle.load(base)
    model = load_run(run, best)
    _check_encoder(model, restore(bundle), run, base)
    side = _SIDE // STRIDE
    network = convert(model.synthesise, (1, side, side, bundle.channels))
    decoders = {each: bundle.part("synthesis", each) for each in bundle.realisms}
    decoders[realism] = BundlePart(network, model.synthesis_reach)
    info = {**bundle.info, **_told(says), f"realism {realism:g}": _info(model, run)}
    _say(with_decoders(bundle, out, name or bundle.name, decoders, info), out)


def with_decoders(bundle, out: str, name: str, decoders: dict, info: dict, latent_scale=1.0):
    """Writes a copy of a bundle with other decoders, given by realism; returns it loaded.

    latent_scale: factor on the latents that these decoders expect, a number or one per channel.
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
    """Raises `UsageError` unless a model has the encoder of the bundle whose files it decodes."""
    for part in ("analysis", "entropy", "gains"):
        given, wanted = getattr(model, part, None), getattr(base, part)
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


def _told(says: Mapping[str, str | None] | None) -> dict[str, str]:
    return {name: text for name, text in (says or {}).items() if text is not None}


def _say(bundle, out: str) -> None:
    size = sum(path.stat().st_size for path in Path(out).iterdir())
    print(f"{out}: {bundle.name}, model {bundle.model_id.hex()}, {size} bytes")


def write(model: CodecModel, out: str, name: str, info: dict) -> Bundle | LayeredBundle:
    """Writes the bundle of a model whose coding tables are prepared; returns it loaded."""
    if len(model.layer_codecs) > 1:
        return write_layers(
            model, out, name, info, lambda _, each, folder: write_one(each, folder, each.name, {})
        )
    (codec,) = model.layer_codecs
    return write_one(codec, out, name, info)


def write_one(codec: CodecModel, out: str, name: str, info: dict) -> Bundle:
    """Writes the bundle of a codec that is not in layers, as `write` does."""
    parts = codec.bundle_parts()
    side = _SIDE // STRIDE
    y_shape = (1, side, side, parts.gain.shape[1])
    z_shape = (1, side // 4, side // 4, len(parts.normative.z_tables.length))
    networks = {
        "analysis": (parts.analysis, (1, _SIDE, _SIDE, 3)),
        "hyper_analysis": (parts.hyper_analysis, y_shape),
        "mean": (parts.mean, z_shape),
    }
    with resizable(codec):
        return write_bundle(
            out,
            name=name,
            networks={kind: _part(own, shape) for kind, (own, shape) in networks.items() if own},
            synthesis={0.0: _part(Reaching(codec.synthesise, codec.synthesis_reach), y_shape)},
            gain=parts.gain,
            inverse_gain=parts.inverse_gain,
            info=info,
            **parts.normative._asdict(),
        )


def _part(network: Reaching, shape: tuple[int, ...]) -> BundlePart:
    return BundlePart(convert(network.function, shape), network.reach)


def write_layers(
    model: CodecModel,
    out: str,
    name: str,
    info: dict,
    write: Callable[[int, CodecModel, str], object],
) -> LayeredBundle:
    """Writes a bundle in layers: `write(number, codec, folder)` makes that of each layer."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = []
        for number, codec in enumerate(model.layer_codecs):
            folders.append(Path(scratch) / codec.name)
            write(number, codec, str(folders[-1]))
        return write_layered_bundle(out, name=name, layers=folders, info=info)
