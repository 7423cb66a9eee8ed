package org.tfgan.codec;

/** Turns what a synthesis network gives into pixels: rounds, clips, crops, adds grey and alpha. */
final class Painter implements GridSink {
  private static final int OPAQUE = 0xFF;

  private final int width;
  private final int height;
  private final boolean grey;
  private final byte[] alpha;
  private final PixelSink sink;

  /** {@code alpha} is the alpha plane, row by row, or null. */
  Painter(int width, int height, boolean grey, byte[] alpha, PixelSink sink) {
    this.width = width;
    this.height = height;
    this.grey = grey;
    this.alpha = alpha;
    this.sink = sink;
  }

  @Override
  public void put(FloatGrid part, int top, int left) {
    int rows = Math.min(part.height, height - top);
    int columns = Math.min(part.width, width - left);
    if (rows <= 0 || columns <= 0) {
      return; // beyond the picture, which was padded
    }
    int[] argb = new int[rows * columns];
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        int a = alpha == null ? OPAQUE : alpha[(top + y) * width + left + x] & 0xFF;
        argb[y * columns + x] = a << 24 | rgb(part.values, part.at(y, x));
      }
    }
    sink.put(argb, left, top, columns, rows);
  }

  private int rgb(float[] values, int at) {
    int red = level(values[at]);
    int green = level(values[at + 1]);
    int blue = level(values[at + 2]);
    if (grey) {
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
