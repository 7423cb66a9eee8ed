"""Loads model bundles: all that a trained codec needs to run, in one folder or one zip file.

A bundle holds ``manifest.json``; ``normative.npz``, the integer tables and the integer scale
decoder that decide how bits are parsed; ``gains.npz``, the quality levels; and the networks as
``.tflite`` files. Files carry the first bytes of the hash of the normative part, so a bundle whose
decoders were trained further still opens old files. ``docs/format.md`` has the details.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Callable, NamedTuple

import numpy as np

from tfgan_codec import tiling
from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.bundle.arrays import Array, Arrays, checked_array, load_arrays, require_known
from tfgan_codec.bundle.manifest import Manifest
from tfgan_codec.bundle.normative import read_normative
from tfgan_codec.bundle.runtime import THREADS, Network
from tfgan_codec.errors import BundleError, UsageError, shown
from tfgan_codec.format.context_model import FRACTIONS, ContextModel
from tfgan_codec.format.geometry import HYPER_STRIDE, QUALITIES, STRIDE
from tfgan_codec.format.scales import SCALES, ScaleDecoder
from tfgan_codec.format.tables import Tables

FORMAT, LAYERED, CONTEXT = 1, 2, 3  # one model; several, see bundle.layered; with a context model
# How many input positions a cell of each kind of network has a side, and how many output positions
# it becomes, see tiling.Geometry.
_CELLS = {
    "analysis": (STRIDE, 1),
    "hyper_analysis": (HYPER_STRIDE, 1),
    "mean": (1, HYPER_STRIDE),
    "synthesis": (1, STRIDE),
}

FLOAT, INT8 = "float", "int8"  # what decoders compute in
_MAX_TILE = 256  # cells
_MAX_CHANNELS = 1024
_MAX_GAIN = 1e6


class BundlePart(NamedTuple):
    """Holds one network of a bundle."""

    tflite: bytes
    halo: int  # input positions of context to each side, see tiling.Geometry
    tile: int = 0  # cells a side of a network of fixed shape, likewise
    scale: Array | None = None  # of its input: what each channel is to be multiplied by


class Bundle:
    """Holds a loaded model, whose networks are started when first used.

    Attributes:
      name, info: the model's name, and free text on how it was made.
      model_id: 3 bytes, by which files name their model.
      z_tables, y_tables: the coding tables of hyper-latents and latents.
      scale_decoder: the integer network from hyper-latents to scale indexes or context features.
      context: the model that predicts latents from others; None for models with a hyperprior alone.
      decoder: what its synthesis networks compute in, FLOAT or INT8.
      gain, inverse_gain: float32 [256, latent channels], what latents are multiplied by at each
        quality level before rounding and after decoding.
    """

    name: str
    model_id: bytes
    z_tables: Tables
    y_tables: Tables
    scale_decoder: ScaleDecoder
    context: ContextModel | None
    gain: Array
    inverse_gain: Array
    info: Mapping[str, Any]

    def __init__(
        self,
        manifest: Mapping[str, Any],
        files: Mapping[str, bytes],
        threads: int = THREADS,
        decoder: str = FLOAT,
        shipped: bool = False,
    ) -> None:
        """Takes the parsed manifest and the contents of its files by name, and checks both.

        Each network will run on `threads` threads. With `decoder` INT8 those decoders are taken
        that the bundle has in this form, if it has all of them. A bundle that is `shipped` with
        this package is trusted as this is, which saves time: files that are not used are not read,
        and networks not searched for what could harm.
        """
        fields = Manifest(manifest)
        number = fields.integer("format")
        if number == LAYERED:
            raise BundleError("a bundle in layers cannot be used here; give one of its zip files")
        if number not in (FORMAT, CONTEXT):
            raise BundleError(
                f"bundle format {shown(number)} is not supported (this is {CONTEXT}); "
                "install the version of tfgan_codec that the bundle was made for"
            )
        if not shipped:
            bundle_files.check_hashes(manifest, files)
        self.name = fields.name("name")
        self.info = dict(fields.child("info").values)
        digest = fields.string("normative_sha256")
        normative = read_normative(load_arrays(files, "normative.npz"), digest)
        self.model_id = bytes.fromhex(digest)[:3]
        self.z_tables, self.y_tables, self.scale_decoder, self.context = normative
        gains = load_arrays(files, "gains.npz")
        require_known(gains, ("gain", "inverse_gain"))
        self.gain, self.inverse_gain = _gain(gains, "gain"), _gain(gains, "inverse_gain")
        self._check(fields)
        self._threads = threads
        self._shipped = shipped
        self._networks: dict[tuple[str, float], Callable[[], BundlePart]] = {}
        self._integers: dict[float, Callable[[], BundlePart]] = {}
        self._read_networks(fields.child("networks"), files)
        has_int8 = self._integers.keys() == set(self.realisms)
        self.decoder = INT8 if decoder == INT8 and has_int8 else FLOAT
        self._started: dict[tuple[str, float], Callable[..., Array]] = {}

    @classmethod
    def load(cls, path_or_name: bundle_files.PathLike = "mobile") -> Bundle:
        """Loads a shipped bundle by its name, or any bundle by its path (folder or zip file)."""
        path = bundle_files.locate(path_or_name)
        with bundle_files.errors_of(path):
            return cls(*bundle_files.contents(bundle_files.reader(path)))

    @property
    def channels(self) -> int:
        """The number of latent channels."""
        return int(self.gain.shape[1])

    @property
    def hyper_channels(self) -> int:
        """The number of hyper-latent channels."""
        return len(self.z_tables.cdf)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of networks there are; a context model takes the place of "mean"."""
        return tuple(kind for kind in _CELLS if kind != "mean" or self.context is None)

    @property
    def realisms(self) -> tuple[float, ...]:
        """The realism, 0..1, of each decoder in the bundle, in rising order."""
        return tuple(sorted(realism for kind, realism in self._networks if kind == "synthesis"))

    def network(self, kind: str, realism: float = 0.0) -> Callable[..., Array]:
        """Returns a network as a function of one array, see `tiling.run`.

        Args:
          kind: "analysis", "hyper_analysis", "mean" or "synthesis".
          realism: of several synthesis networks, the one of this realism.
        """
        key = self._key(kind, realism)
        if key not in self._started:
            part = self._used(*key)
            name = f"{self.name}/{kind}"
            network = Network(part.tflite, name, self._threads, trusted=self._shipped)
            expected = {
                "analysis": (3, self.channels),
                "hyper_analysis": (self.channels, self.hyper_channels),
                "mean": (self.hyper_channels, self.channels),
                "synthesis": (self.channels, 3),
            }[kind]
            if network.channels != expected:
                raise BundleError(
                    f"the network {self.name}/{kind} has {network.channels} channels in and out, "
                    f"expected {expected}; export the bundle again"
                )
            side = part.tile * _CELLS[kind][0]
            if part.tile and network.stored != (side, side):
                raise BundleError(
                    f"the network {self.name}/{kind} takes {network.stored} positions, its tile "
                    f"is {part.tile}; export the bundle again"
                )
            geometry = tiling.Geometry(*_CELLS[kind], part.halo, part.tile)
            function = network if part.scale is None else _scaled(network, part.scale)
            self._started[key] = functools.partial(tiling.run, function, geometry)
        return self._started[key]

    def halo(self, kind: str, realism: float = 0.0) -> int:
        """Returns how many input positions to each side an output of a network depends on."""
        return self._used(*self._key(kind, realism)).halo

    def _used(self, kind: str, realism: float) -> BundlePart:
        """Returns the network that is run: of decoders perhaps that in integers."""
        if kind == "synthesis" and self.decoder == INT8:
            return self._integers[realism]()
        return self._networks[kind, realism]()

    def stop(self, kind: str) -> None:
        """Frees the memory of a network until it is used again."""
        for key in list(self._started):  # other threads may start networks meanwhile
            if key[0] == kind:
                self._started.pop(key, None)

    def part(self, kind: str, realism: float = 0.0) -> BundlePart:
        """Returns the file and tiling of a network, which is named as for `network`; of a decoder,
        that in floats."""
        return self._networks[self._key(kind, realism)]()

    def _key(self, kind: str, realism: float) -> tuple[str, float]:
        key = kind, float(realism)
        if key not in self._networks:
            have = ", ".join(f"{r:g}" for r in self.realisms)
            raise UsageError(f"{self.name} has no decoder of realism {realism:g}; it has: {have}")
        return key

    def _check(self, manifest: Manifest) -> None:
        """Checks that the arrays fit each other and what the manifest says of them."""
        if max(self.channels, self.hyper_channels) > _MAX_CHANNELS:
            raise BundleError(f"the model has more than {_MAX_CHANNELS} channels: export again")
        first, last = self.scale_decoder.layers[0], self.scale_decoder.layers[-1]
        context = self.context
        gains = QUALITIES, self.channels
        features = self.channels * (context.hyper_features if context else 1)
        for what, found, expected in (
            ("bundle format", manifest.integer("format"), CONTEXT if context else FORMAT),
            ("model_id", manifest.string("model_id"), self.model_id.hex()),
            ("latent_channels", manifest.integer("latent_channels"), self.channels),
            ("hyper_channels", manifest.integer("hyper_channels"), self.hyper_channels),
            ("stride", manifest.integer("stride"), STRIDE),
            ("hyper_stride", manifest.integer("hyper_stride"), HYPER_STRIDE),
            ("gain", self.gain.shape, gains),
            ("inverse_gain", self.inverse_gain.shape, gains),
            ("y tables", len(self.y_tables.cdf), SCALES * (FRACTIONS if context else 1)),
            ("scale decoder input", first.kernel.shape[2], self.hyper_channels),
            ("scale decoder output", last.kernel.shape[3] // last.upscale**2, features),
            ("scale decoder stride", self.scale_decoder.upscale, HYPER_STRIDE),
        ):
            if found != expected:
                raise BundleError(f"{what} is {shown(found)}, expected {expected}")
        if not context and last.maximum >= SCALES:
            raise BundleError(f"scale decoder maximum is {last.maximum}, above {SCALES - 1}")

    def _read_networks(self, networks: Manifest, files: Mapping[str, bytes]) -> None:
        for kind in self.kinds:
            if kind != "synthesis":
                self._networks[kind, 0.0] = self._later(_part, networks.child(kind), kind, files)
                continue
            for entry in networks.list(kind):
                decoder = Manifest(entry, f"{kind} of the manifest")
                key = kind, decoder.number("realism", 1)
                if key in self._networks:
                    raise BundleError(f"there are two decoders of realism {key[1]:g}")
                self._networks[key] = self._later(_part, decoder, kind, files)
                if INT8 in decoder.values:
                    self._integers[key[1]] = self._later(self._int8, decoder, files)
        if not self.realisms:
            raise BundleError("the synthesis network is missing; export the bundle again")

    def _later(self, make: Callable[..., BundlePart], *arguments: Any) -> Callable[[], BundlePart]:
        """Returns a function that makes a part when it is first called; unless the bundle is
        shipped that is here, so that what cannot be used is told at once."""
        later = functools.lru_cache(maxsize=1)(functools.partial(make, *arguments))
        if not self._shipped:
            later()
        return later

    def _int8(self, decoder: Manifest, files: Mapping[str, bytes]) -> BundlePart:
        """Returns the form in 8-bit integers of a decoder that an entry of the manifest has."""
        entry = decoder.child(INT8)
        arrays = load_arrays(files, entry.name("scale"))
        require_known(arrays, ("scale",))
        scale = checked_array(arrays, "scale", 1, np.float32)
        if scale.shape != (self.channels,) or not (np.abs(scale).max() <= _MAX_GAIN):
            raise BundleError("the scale of an int8 decoder does not fit its latents: export again")
        halo = decoder.integer("halo", tiling.WHOLE)
        return BundlePart(_file(entry, "synthesis", files), halo, scale=scale)


def _scaled(network: Callable[..., Array], scale: Array) -> Callable[..., Array]:
    """Returns a network that multiplies the channels of its input first."""
    return lambda x: network(x * scale)


def _file(entry: Manifest, kind: str, files: Mapping[str, bytes]) -> bytes:
    """Returns the file of a network that an entry of the manifest names."""
    name = entry.name("file")
    if name not in files:
        raise BundleError(f"{name}, the {kind} network, is missing from files of the manifest")
    return files[name]


def _part(entry: Manifest, kind: str, files: Mapping[str, bytes]) -> BundlePart:
    """Returns the network that an entry of the manifest describes; raises `BundleError`."""
    file = _file(entry, kind, files)
    halo = entry.integer("halo", tiling.WHOLE)
    tile = entry.integer("tile", _MAX_TILE) if "tile" in entry.values else 0
    if tile and tile <= 2 * -(-halo // _CELLS[kind][0]):
        raise BundleError(f"a halo of {halo} takes all of a tile of {tile}; export again")
    return BundlePart(file, halo, tile)


def _gain(arrays: Arrays, name: str) -> Array:
    gain = checked_array(arrays, name, 2, np.float32)
    if not (gain.size and np.abs(gain).max() <= _MAX_GAIN):  # NaN is not either
        raise BundleError(f"{name} has values that are not within +-{_MAX_GAIN:g}: export again")
    return gain
