package org.tfgan.codec;

/** What a stream of a model with a context model says of the latents. */
final class ContextSymbols {
  /** Size of the latents: a sixteenth of the picture's, rounded up. */
  final int height;

  final int width;

  /** Hyper-latents, row-major. */
  final int[] z;

  /** Features [height, width, channels, features of a latent], which follow from {@link #z}. */
  final byte[] features;

  /** The rounded latents [height, width, channels]. */
  final int[] q;

  ContextSymbols(int height, int width, int[] z, byte[] features, int[] q) {
    this.height = height;
    this.width = width;
    this.z = z;
    this.features = features;
    this.q = q;
  }
}
