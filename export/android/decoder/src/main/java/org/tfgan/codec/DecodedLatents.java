package org.tfgan.codec;

/** The latents a decoder sees: residuals plus means, divided by the gain, made when asked for. */
final class DecodedLatents implements GridSource {
  private final Bundle bundle;
  private final Symbols symbols;
  private final Means means;
  private final int quality;

  DecodedLatents(Bundle bundle, Networks networks, Symbols symbols, int quality)
      throws UsageException {
    this.bundle = bundle;
    this.symbols = symbols;
    this.means = new Means(bundle, networks, symbols);
    this.quality = quality;
  }

  @Override
  public int height() {
    return symbols.height;
  }

  @Override
  public int width() {
    return symbols.width;
  }

  @Override
  public FloatGrid window(int top, int left, int height, int width) throws TgcException {
    FloatGrid mu = means.window(top, left, height, width);
    FloatGrid result = new FloatGrid(height, width, symbols.channels);
    for (int y = 0; y < height; y++) {
      int from = ((top + y) * symbols.width + left) * symbols.channels;
      int to = result.at(y, 0);
      for (int i = 0; i < width * symbols.channels; i++) {
        // The sum in double, as in the reference: residuals need not fit a float.
        float sum = (float) ((double) symbols.residuals[from + i] + mu.values[to + i]);
        result.values[to + i] = sum * bundle.inverseGain(quality, i % symbols.channels);
      }
    }
    return result;
  }
}
