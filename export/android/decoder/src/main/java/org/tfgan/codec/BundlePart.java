package org.tfgan.codec;

/** One network of a bundle, not yet started. */
final class BundlePart {
  final NetworkKind kind;
  final double realism;

  /** The {@code .tflite} file. */
  final byte[] tflite;

  /** Input positions to each side that an output can depend on. */
  final int halo;

  BundlePart(NetworkKind kind, double realism, byte[] tflite, int halo) {
    this.kind = kind;
    this.realism = realism;
    this.tflite = tflite;
    this.halo = halo;
  }

  /** The halo in whole cells. */
  int haloCells() {
    return (halo + kind.cell - 1) / kind.cell;
  }
}
