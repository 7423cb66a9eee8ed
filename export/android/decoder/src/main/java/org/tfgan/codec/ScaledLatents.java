package org.tfgan.codec;

/** Latents times the gain of a quality level, with zeros up to whole hyper-latents. */
final class ScaledLatents implements GridSource {
  private final Bundle bundle;
  private final FloatGrid latents;
  private final int quality;

  ScaledLatents(Bundle bundle, FloatGrid latents, int quality) {
    this.bundle = bundle;
    this.latents = latents;
    this.quality = quality;
  }

  @Override
  public int height() {
    return padded(latents.height);
  }

  @Override
  public int width() {
    return padded(latents.width);
  }

  @Override
  public FloatGrid window(int top, int left, int height, int width) throws BundleException {
    FloatGrid result = new FloatGrid(height, width, latents.channels);
    int haveWidth = Math.min(width, latents.width - left);
    for (int y = 0; y < Math.min(height, latents.height - top); y++) {
      int from = latents.at(top + y, left);
      int to = result.at(y, 0);
      for (int i = 0; i < haveWidth * latents.channels; i++) {
        float scaled = latents.values[from + i] * bundle.gain(quality, i % latents.channels);
        if (Float.isNaN(scaled) || Float.isInfinite(scaled)) {
          throw new BundleException(
              "the analysis network of " + bundle.name + " gave values that are not finite");
        }
        result.values[to + i] = scaled;
      }
    }
    return result;
  }

  private static int padded(int size) {
    int stride = NetworkKind.HYPER_ANALYSIS.cell;
    return (size + stride - 1) / stride * stride;
  }
}
