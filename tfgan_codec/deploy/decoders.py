"""Exports decoders in every form, with the bundles around them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from tfgan_codec import models
from tfgan_codec.bundle.model import Bundle, BundlePart
from tfgan_codec.deploy import bundling
from tfgan_codec.deploy.convert import INTEGERS, convert, convert_chain, resizable
from tfgan_codec.deploy.int8 import chain
from tfgan_codec.deploy.int8.calibrate import calibrate
from tfgan_codec.deploy.int8.equalise import equalise
from tfgan_codec.deploy.int8.fit import fit
from tfgan_codec.deploy.int8.latents import collect
from tfgan_codec.deploy.int8.quantized import tie
from tfgan_codec.deploy.settings import Settings, check
from tfgan_codec.errors import UsageError
from tfgan_codec.format.geometry import STRIDE
from tfgan_codec.models.contract import CodecModel
from tfgan_codec.models.from_bundle import restore
from tfgan_codec.specs.settings import to_json
from tfgan_codec.training.config import public_config


class Decoder(NamedTuple):
    """Holds an exported decoder."""

    part: BundlePart
    integer: bytes | None
    latent_scale: np.ndarray


def export(model: str, out: str, settings: Settings) -> list[Path]:
    """Exports the decoders of a bundle, or of a run's folder, in a bundle; returns their files."""
    check(settings)
    make = from_run if (Path(model) / "run.json").is_file() else from_bundle
    return make(model, out, settings)


def from_bundle(path: str, out: str, settings: Settings) -> list[Path]:
    """Writes a copy of a bundle with its decoders in another form; returns the decoders' files."""
    bundle = Bundle.load(path)
    wanted = bundle.realisms if settings.realism is None else (settings.realism,)
    models = {realism: restore(bundle, realism) for realism in wanted}
    return _write(bundle, models, out, settings, _latents(models[wanted[0]], settings))


def from_run(folder: str, out: str, settings: Settings) -> list[Path]:
    """Writes a bundle with the decoder of a run's newest checkpoint; returns the files of it."""
    return from_model(bundling.finished(folder), out, settings, {"training": public_config(folder)})


def from_model(model: CodecModel, out: str, settings: Settings, info: dict) -> list[Path]:
    """Writes a bundle with the decoder of a model whose coding tables are prepared."""
    if len(model.layer_codecs) > 1:
        return _from_layers(model, out, settings, info)
    (model,) = model.layer_codecs
    bundle = bundling.write_one(model, out, model.name, info)
    return _write(bundle, {0.0: model}, out, settings, _latents(model, settings))


def _from_layers(model: CodecModel, out: str, settings: Settings, info: dict) -> list[Path]:
    """Writes a bundle in layers with the decoders of all scales; returns the layers' files."""

    def write(number: int, codec: CodecModel, folder: str) -> None:
        bundle = bundling.write_one(codec, folder, codec.name, {})
        latents = _latents(model, settings, lambda output: (*output.coarse, output)[number].latents)
        _write(bundle, {0.0: codec}, folder, settings, latents)

    name = f"{model.name}-{settings.quantize}"
    bundling.write_layers(model, out, name, info, write)
    return sorted(Path(out).glob("*.zip"))


def decoder(model: CodecModel, settings: Settings, latents: np.ndarray | None) -> Decoder:
    """Exports the decoder of a model; integers need `latents` as `int8.latents.collect` gives."""
    side, channels = settings.tile // STRIDE, model.analysis.output_shape[-1]
    shape, halo = (1, side, side, channels), model.synthesis_reach
    is_chain = model.post_processing is None and chain.has_form(model.synthesis)
    if latents is not None and (settings.target == "edgetpu" or is_chain):
        return _chain_decoder(model, settings, latents)
    with resizable(model):
        content = convert(model.synthesise, shape, settings.quantize, latents)
    return Decoder(BundlePart(content, halo), None, np.ones(channels, np.float32))


def random_decoder(name: str) -> BundlePart:
    """Exports the decoder of a codec with random weights, to measure its speed."""
    model = models.build(name)
    latents = np.zeros((1, 16, 16, model.config.latents), np.float32)
    model.synthesise(latents)  # makes the weights of this network alone
    with resizable(model):
        return BundlePart(convert(model.synthesise, latents.shape), model.synthesis_reach)


def _chain_decoder(model: CodecModel, settings: Settings, latents: np.ndarray) -> Decoder:
    if model.post_processing is not None:
        raise UsageError("post-processing has no form for this target: train without it")
    exact, scale = equalise(chain.from_keras(model.synthesis), latents)
    scaled, halo = latents * scale, model.synthesis_reach
    side = settings.tile // STRIDE
    shape = (1, side, side, len(scale))
    if settings.quantize == "int16x8":  # TFLite has no depth-to-space in 16 bits
        repeats = -(-side // scaled.shape[1])
        samples = np.tile(scaled, (1, repeats, repeats, 1))[:, :side, :side]
        tied = tie(exact)
        content = convert(lambda x: chain.run_transposed(tied, x), shape, "int16x8", samples)
        return Decoder(BundlePart(content, settings.halo, side), None, scale)
    static = settings.target == "edgetpu"
    network = calibrate(exact, scaled, tied=static)
    fit(network, exact, scaled, settings.steps)
    form = chain.run_transposed if static else chain.run
    float_edges, integer = (convert_chain(network, form, shape, edges) for edges in (False, True))
    part = BundlePart(float_edges, settings.halo, side) if static else BundlePart(float_edges, halo)
    return Decoder(part, integer, scale)


def _latents(model: CodecModel, settings: Settings, *latents_of) -> np.ndarray | None:
    """Returns the latents that integers are calibrated with; None for floats."""
    if settings.quantize not in INTEGERS or settings.calibration is None:
        return None
    return collect(model, settings.calibration, *latents_of)


def _write(
    bundle: Bundle,
    models: dict[float, CodecModel],
    out: str,
    settings: Settings,
    latents: np.ndarray | None,
) -> list[Path]:
    made = {realism: decoder(model, settings, latents) for realism, model in models.items()}
    scale = next(iter(made.values())).latent_scale  # of the latents, so the same for all
    parts = {realism: each.part for realism, each in made.items()}
    info = {**bundle.info, "decoder": {**to_json(settings), "calibration": None}}
    bundling.with_decoders(bundle, out, f"{bundle.name}-{settings.quantize}", parts, info, scale)
    paths = []
    for realism, each in made.items():
        path = Path(out) / f"synthesis-{realism:g}.tflite"
        paths.append(path)
        if each.integer is not None:
            paths.append(path.with_name(f"{path.stem}-int8.tflite"))
            paths[-1].write_bytes(each.integer)
    return paths
