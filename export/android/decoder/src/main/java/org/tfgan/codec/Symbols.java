package org.tfgan.codec;

/** What a stream says of the latents: all integers, the same on every machine. */
public final class Symbols {
  /** Size of the latents: a sixteenth of the picture's, rounded up. */
  public final int height;

  public final int width;
  public final int channels;

  /** Size of the hyper-latents: a quarter of the latents', rounded up. */
  public final int hyperHeight;

  public final int hyperWidth;

  /** Hyper-latents [hyperHeight, hyperWidth, hyper channels], row-major. */
  public final int[] z;

  /** Table index of each latent [height, width, channels], 0..63; follows from {@link #z}. */
  public final byte[] indexes;

  /** Residuals [height, width, channels], 0 where the index is 0. */
  public final int[] residuals;

  Symbols(
      int height, int width, int channels, int hyperStride, int[] z, byte[] indexes, int[] r) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.hyperHeight = (height + hyperStride - 1) / hyperStride;
    this.hyperWidth = (width + hyperStride - 1) / hyperStride;
    this.z = z;
    this.indexes = indexes;
    this.residuals = r;
  }
}
