package org.tfgan.codec;

/** Turns what a synthesis network gives into pixels: rounds, clips, crops, adds grey and alpha. */
final class Painter implements GridSink {
  private static final int OPAQUE = 0xFF;

  private final TgcFile file;
  private final byte[] alpha;
  private final PixelSink sink;

  /** {@code alpha} is the alpha plane, row by row, or null. */
  Painter(TgcFile file, byte[] alpha, PixelSink sink) {
    this.file = file;
    this.alpha = alpha;
    this.sink = sink;
  }

  @Override
  public void put(FloatGrid part, int top, int left) {
    int height = Math.min(part.height, file.height - top);
    int width = Math.min(part.width, file.width - left);
    int[] argb = new int[height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int a = alpha == null ? OPAQUE : alpha[(top + y) * file.width + left + x] & 0xFF;
        argb[y * width + x] = a << 24 | rgb(part.values, part.at(y, x));
      }
    }
    sink.put(argb, left, top, width, height);
  }

  private int rgb(float[] values, int at) {
    int red = level(values[at]);
    int green = level(values[at + 1]);
    int blue = level(values[at + 2]);
    if (file.grey) {
      int luma = (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
      return luma * 0x010101;
    }
    return red << 16 | green << 8 | blue;
  }

  /** floor(x + 1/2), clipped to 0..255. */
  private static int level(float x) {
    float shifted = x + 0.5f;
    return shifted <= 0 ? 0 : Math.min((int) shifted, 255);
  }
}
