package org.tfgan.codec;

/** All that is exact of a file, whatever kind of model made it: pixels are a render away. */
public abstract class PictureSymbols {
  PictureSymbols() {}

  /**
   * Runs a decoder over the latents.
   *
   * @param sink takes RGB that is not rounded yet, part by part, also beyond the right and lower
   *     edge of the picture
   */
  abstract void synthesize(Networks networks, double realism, GridSink sink) throws TgcException;
}
