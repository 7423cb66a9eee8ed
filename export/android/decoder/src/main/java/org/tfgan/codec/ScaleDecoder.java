package org.tfgan.codec;

import java.util.List;

/**
 * The integer network from hyper-latents to table indexes ("Integer scale decoder" of the format).
 * Nothing else decides how a stream is parsed, so it must give the same integers everywhere.
 */
public final class ScaleDecoder {
  private static final int MAX_INPUT = 127;

  /** Hyper-latents per window: memory stays small for any picture. Exactness hides the seams. */
  private static final int MAX_CELLS = 512;

  /** Index map positions per hyper-latent, along each axis. */
  public final int upscale;

  public final int inputs;
  public final int outputs;

  /** No index is above it. */
  public final int maximum;

  private final IntegerConv[] layers;
  private final int halo;

  /**
   * @throws BundleException unless the layers fit each other
   */
  public ScaleDecoder(List<IntegerConv> layers) throws BundleException {
    if (layers.isEmpty()) {
      throw new BundleException("the scale decoder has no layers: export the bundle again");
    }
    this.layers = layers.toArray(new IntegerConv[0]);
    int scale = 1;
    double reach = 0;
    int channels = this.layers[0].inputs;
    for (IntegerConv layer : layers) {
      if (layer.inputs != channels) {
        throw new BundleException("the layers of the scale decoder do not fit: export again");
      }
      channels = layer.channels();
      reach += (double) Math.max(layer.reachY, layer.reachX) / scale;
      scale *= layer.upscale;
    }
    inputs = this.layers[0].inputs;
    outputs = channels;
    maximum = this.layers[this.layers.length - 1].maximum;
    upscale = scale;
    halo = (int) Math.ceil(reach);
  }

  /**
   * The index map [height, width, outputs], row-major, of {@code z} [rows, columns, inputs].
   * Indexes beyond {@code height} and {@code width} are dropped.
   *
   * @throws BitstreamException if a hyper-latent is outside +-127
   */
  public byte[] indexes(int[] z, int rows, int columns, int height, int width)
      throws BitstreamException {
    for (int value : z) {
      if (value < -MAX_INPUT || value > MAX_INPUT) {
        throw new BitstreamException(
            "a hyper-latent is outside +-" + MAX_INPUT + ": the file is damaged");
      }
    }
    byte[] result = new byte[height * width * outputs];
    for (Window window : Window.cover(rows, columns, halo, MAX_CELLS)) {
      Planes planes = planes(z, columns, window);
      for (IntegerConv layer : layers) {
        planes = layer.apply(planes);
      }
      store(planes, window, result, height, width);
    }
    return result;
  }

  private Planes planes(int[] z, int columns, Window window) {
    int[][] channels = new int[inputs][window.height() * window.width()];
    for (int y = 0; y < window.height(); y++) {
      int from = ((window.rows.start + y) * columns + window.columns.start) * inputs;
      for (int x = 0; x < window.width(); x++) {
        for (int c = 0; c < inputs; c++) {
          channels[c][y * window.width() + x] = z[from++];
        }
      }
    }
    return new Planes(window.height(), window.width(), window.width(), channels);
  }

  /** Copies what is kept of a window, as far as it is inside the index map. */
  private void store(Planes planes, Window window, byte[] result, int height, int width) {
    int bottom = Math.min(window.rows.keepStop * upscale, height);
    int right = Math.min(window.columns.keepStop * upscale, width);
    int left = window.columns.keepStart * upscale;
    for (int y = window.rows.keepStart * upscale; y < bottom; y++) {
      int from = (y - window.rows.start * upscale) * planes.stride;
      from += left - window.columns.start * upscale;
      for (int c = 0; c < outputs; c++) { // outside, so that planes are read along their rows
        int[] plane = planes.channels[c];
        int to = (y * width + left) * outputs + c;
        for (int x = from; x < from + right - left; x++) {
          result[to] = (byte) plane[x];
          to += outputs;
        }
      }
    }
  }
}
