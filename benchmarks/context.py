"""Times how long a context model's latents take to decode: front by front, and one by one.

Times are processor time of the process, all threads together, which other load on the machine
touches little; the time of the whole picture is given by the clock as well.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any, Callable, NamedTuple

import numpy as np
from absl import flags

from tfgan_codec import cli

_USAGE = """
usage: OPENBLAS_NUM_THREADS=1 python -m benchmarks.context [--kernel=11] [--kernel=5]

For each context kernel: latents of 192 channels are drawn from an untrained model of the published
size, coded, and decoded again with the range coders of TensorFlow Compression and of this package,
front after front and one after the other, the latter for 256x256 pixels. All have to agree. Then a
whole picture of 768x512 is decoded by the Keras model, post-processing included.
Needs TensorFlow. With more than one thread, BLAS waits longer than it computes in products as small
as those of one latent, which would flatter the fronts.
"""

# Yang et al. (2020), Table 1: seconds for the validation set of CLIC 2020. It has 102 pictures; the
# challenge's limit of 4,722,341 bytes at 0.15 bits per pixel gives its size.
PAPER_SECONDS, PAPER_PICTURES = 11_414, 102
PAPER_MEGAPIXELS = 4_722_341 * 8 / 0.15 / 1e6
Latents = Callable[[int | None], np.ndarray]


class Drawn(NamedTuple):
    """Holds the latents of one picture, and the stream they are coded to."""

    symbols: Any  # `entropy.context.ContextLatents`
    stream: bytes
    fronts: int  # number of fronts that the latents have


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    flags.DEFINE_multi_integer("kernel", [11, 5], "Sizes of the kernel.", flag_values=values)
    values.add("order", "hwc", "Raster order of the latents.")
    values.add("width", 1.0, "Of the codec.")
    values.add("serial", True, "Decode one after the other too.")
    values.add("picture", True, "Decode a whole picture too.")

    def command() -> None:
        for kernel in values.kernel:
            model = build(values.width, kernel, values.order)
            print(f"kernel {kernel}x{kernel}x{kernel}, order {values.order}", flush=True)
            compare(model, 256, 256, values.serial)
            compare(model, 512, 768, serial=False)
            if values.picture:
                whole_picture(model, 512, 768)

    return cli.run(command, values, _USAGE, argv)


def build(width: float, kernel: int, order: str) -> Any:
    """Returns an untrained codec whose means and scales vary from latent to latent."""
    import tensorflow as tf

    from tfgan_codec import models

    tf.keras.utils.set_random_seed(0)
    model = models.build("adversarial", width=width, kernel=kernel, order=order)
    model.build_weights()
    for number, (head, deviation) in enumerate(
        ((model.entropy.mean, 0.02), (model.entropy.scale, 0.05))
    ):
        draw = tf.random.stateless_normal(head.kernel.shape, [kernel, number])
        head.kernel.assign(deviation * (draw - tf.reduce_mean(draw)))
    model.entropy.scale.bias.assign([6.0])
    model.prepare_for_coding()
    return model


def draw(model: Any, height: int, width: int) -> Drawn:
    """Draws latents of a picture as the model expects them, by decoding random bytes."""
    from tfgan_codec.entropy.context import ContextLatents
    from tfgan_codec.format import context, payload, rangecoder, wavefront

    entropy, rng = model.entropy, np.random.default_rng(0)
    h, w = -(-height // 16), -(-width // 16)
    z = rng.integers(-2, 3, (-(-h // 4), -(-w // 4), entropy.side.channels), np.int32)
    features = payload.index_map(entropy.integer_hyper_decoder(), z, h, w)
    source = rangecoder.RangeDecoder(rng.bytes(2 * h * w * entropy.channels))
    tables, portable = entropy.tables.read(), entropy.integer_context()
    q = context.decode(portable, features, lambda rows: source.decode(rows, tables))
    symbols = ContextLatents(z, q)
    shape = tuple(q.shape[axis] for axis in portable.axes)
    fronts = sum(1 for _ in wavefront.fronts(shape, portable.kernel))
    return Drawn(symbols, entropy.write(symbols), fronts)


def compare(model: Any, height: int, width: int, serial: bool) -> None:
    """Prints how long the coders of TFC and of this package take; raises unless they agree."""
    from tfgan_codec.format import context, payload, rangecoder

    entropy = model.entropy
    drawn = draw(model, height, width)
    h, w = drawn.symbols.q.shape[:2]
    tables = entropy.side.tables.read(), entropy.tables.read()
    hyper_decoder, portable = entropy.integer_hyper_decoder(), entropy.integer_context()

    def with_tfc(at_once: int | None) -> np.ndarray:
        return entropy.read(drawn.stream, h, w, at_once).q

    def with_python(at_once: int | None) -> np.ndarray:
        decoder = rangecoder.RangeDecoder(drawn.stream)
        _, features = payload.decode_head(decoder, h, w, tables[0], hyper_decoder)
        read = lambda rows: decoder.decode(rows, tables[1])  # noqa: E731
        return context.decode(portable, features, read, at_once)

    bpp = 8 * len(drawn.stream) / (height * width)
    size = f"{drawn.symbols.q.size} latents, {drawn.fronts} fronts"
    print(f"  {width}x{height}: {size}, {bpp:.3f} bits per pixel")
    for name, decode in (("TFC", with_tfc), ("Python", with_python)):
        fast = timed(decode, None, drawn.symbols.q)
        line = f"    {name:6} coder: fronts {fast:.2f} s"
        if serial:
            slow = timed(decode, 1, drawn.symbols.q, runs=1)
            line += f", one by one {slow:.2f} s, {slow / fast:.1f} times faster"
        print(line, flush=True)


def timed(decode: Latents, at_once: int | None, want: np.ndarray, runs: int = 3) -> float:
    """Returns the least seconds of some runs; raises unless each decodes the latents `want`."""
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        q = decode(at_once)
        seconds.append(time.process_time() - start)
        if not np.array_equal(q, want):
            raise AssertionError("the latents differ")
    return min(seconds)


def whole_picture(model: Any, height: int, width: int) -> None:
    """Prints how long a whole file takes to decode, and how long the paper's pictures took."""
    from tfgan_codec.format import container

    drawn = draw(model, height, width)
    blob = container.pack(container.TgcFile(model.model_id(), width, height, 0, (drawn.stream,)))
    start, clock = time.process_time(), time.perf_counter()
    model.decompress(blob)
    seconds, clock = time.process_time() - start, time.perf_counter() - clock
    pixels = width * height / 1e6
    of_paper = PAPER_SECONDS / PAPER_MEGAPIXELS
    print(f"  a file of {width}x{height} to pixels: {seconds:.1f} s, {clock:.1f} s by the clock")
    print(
        f"  the paper: {PAPER_SECONDS / PAPER_PICTURES:.0f} s for each of its pictures, that is "
        f"{of_paper:.1f} s/MP, {of_paper * pixels:.1f} s for {width}x{height}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
