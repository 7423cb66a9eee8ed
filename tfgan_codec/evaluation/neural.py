"""This project's codecs in the measurements: a bundle, at one realism."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping

import numpy as np

from tfgan_codec.bundle import files
from tfgan_codec.bundle.layered import layers_of
from tfgan_codec.bundle.model import FLOAT, Bundle
from tfgan_codec.bundle.runtime import THREADS
from tfgan_codec.codec import load
from tfgan_codec.coding.contract import Refiner
from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import trained_on
from tfgan_codec.metrics.complexity import Complexity, of_tflite
from tfgan_codec.pictures.picture import Pixels

DEFAULT_SETTINGS = ("0.05", "0.1", "0.2")
_SIDE = 256  # complexity is counted on a picture of this size, without halos of tiles


class NeuralCodec:
    """Is the `Codec` of a bundle. Settings are bits per pixel ("0.1"), or qualities ("q100").

    Args:
      model: name of a shipped bundle, or path of one.
      realism: which decoder; None: the bundle's most realistic one.
      settings: the bits per pixel or qualities to measure at.
      search: the name of `refiner`, such as realism100.
      refiner, threads: as in `tgc.compress`.
    """

    extension = "tgc"

    def __init__(
        self,
        model: str,
        realism: float | None = None,
        settings: tuple[str, ...] = DEFAULT_SETTINGS,
        search: str | None = None,
        refiner: Refiner | None = None,
        threads: int = THREADS,
    ) -> None:
        self._codec = load(model, threads, decoder=FLOAT)  # as it was trained
        bundle = self._codec.bundle
        self._realism = bundle.realisms[-1] if realism is None else realism
        self._compress = functools.partial(self._codec.compress, refiner=refiner)
        sought = f"+{search}" if search else ""
        decoder = "" if realism is None else f"@{realism:g}"
        digest = hashlib.sha256(files.stamp(model)).hexdigest()
        self.encoder = f"{files.locate(model).resolve()} {digest}{sought}"
        self.name, self.typed = f"{bundle.name}{sought}{decoder}", f"{model}{sought}{decoder}"
        self.version = f"{bundle.model_id.hex()}, realism {self._realism:g}, bundle {digest[:10]}"
        self.settings = settings
        self.trained_on = trained_on.measures(bundle.info, self._realism, search or "")
        self.complexity = self._measure_complexity()

    def encode(self, picture: Pixels, setting: str) -> bytes:
        """Compresses uint8 HxWx3; never more bits per pixel than asked for."""
        try:
            if setting.startswith("q"):
                return self._compress(picture, quality=int(setting[1:]))
            return self._compress(picture, bpp=float(setting))
        except ValueError:
            raise UsageError(
                f"{self.name} takes bits per pixel (0.1) or quality levels (q100) as settings, "
                f"not {setting!r}"
            ) from None

    def decode(self, data: bytes) -> Pixels:
        """Decompresses to uint8 HxWx3."""
        image = self._codec.decompress(data, realism=self._realism)
        return np.asarray(image.convert("RGB"))

    def match(self, picture: Pixels, nbytes: int, known: Mapping[str, int] | None = None) -> bytes:
        """Returns the best file of at most `nbytes` bytes; the smallest if there is none."""
        try:
            return self._compress(picture, nbytes=nbytes)
        except UsageError:
            return self._compress(picture, quality=0)

    def _measure_complexity(self) -> Complexity:
        bundle = self._codec.bundle
        layers = layers_of(bundle)
        params, decode, encode = 0, 0.0, 0.0
        for layer in layers:  # the smaller sizes of the picture have fewer pixels
            share = 0.25 ** (len(layers) - 1 - layers.index(layer))
            own_params, own_decode, own_encode = self._of_bundle(layer)
            params += own_params
            decode += share * own_decode
            encode += share * own_encode
            if layer is not layers[-1]:  # its decoder predicts the next layer
                encode += share * own_decode
        return Complexity(params, decode, encode)

    def _of_bundle(self, bundle: Bundle) -> tuple[int, float, float]:
        """Returns the parameters and the work to decode and to encode a pixel."""
        latents = _SIDE // 16
        inputs = {
            "analysis": (_SIDE, _SIDE, 3),
            "hyper_analysis": (latents, latents, bundle.channels),
            "mean": (latents // 4, latents // 4, bundle.hyper_channels),
            "synthesis": (latents, latents, bundle.channels),
        }
        parts = {
            kind: of_tflite(
                bundle.part(kind, self._realism if kind == "synthesis" else 0.0).tflite,
                (1, *shape),
                _SIDE * _SIDE,
            )
            for kind, shape in inputs.items()
            if kind in bundle.kinds
        }
        # What is made of integers, which both sides run too.
        integer = list(bundle.scale_decoder.layers)
        macs, side = 0, _SIDE // 64
        for layer in integer:
            macs += layer.kernel.size * side * side
            side *= layer.upscale
        if bundle.context:
            integer += bundle.context.layers
            taps = sum(np.count_nonzero(layer.kernel) for layer in bundle.context.layers)
            macs += taps * bundle.channels * latents * latents
        means = parts["mean"].kmac_per_pixel if "mean" in parts else 0.0
        shared = means + macs / (_SIDE * _SIDE) / 1000
        params = sum(part.params for part in parts.values())
        params += sum(layer.kernel.size + layer.bias.size for layer in integer)
        work = {kind: part.kmac_per_pixel for kind, part in parts.items()}
        encode = work["analysis"] + work["hyper_analysis"] + shared
        return params, work["synthesis"] + shared, encode
