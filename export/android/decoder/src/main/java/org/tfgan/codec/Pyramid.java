package org.tfgan.codec;

/** Pictures at half and double size, as files in layers have them ("Layers" of the format). */
final class Pyramid {
  private Pyramid() {}

  /** A side of a picture that is {@code scale} times smaller. */
  static int shrunk(int side, int scale) {
    return (side + scale - 1) / scale;
  }

  /**
   * A plane of half the size by the means of 2x2 levels, rounded; odd sides repeat the last.
   *
   * @param plane [height, width]
   */
  static byte[] halved(byte[] plane, int height, int width) {
    int wide = shrunk(width, 2);
    byte[] half = new byte[shrunk(height, 2) * wide];
    for (int i = 0; i < half.length; i++) {
      int top = 2 * (i / wide) * width;
      int bottom = Math.min(2 * (i / wide) + 1, height - 1) * width;
      int left = 2 * (i % wide);
      int right = Math.min(left + 1, width - 1);
      int sum = plane[top + left] & 0xFF;
      sum += plane[top + right] & 0xFF;
      sum += plane[bottom + left] & 0xFF;
      sum += plane[bottom + right] & 0xFF;
      half[i] = (byte) ((sum + 2) / 4);
    }
    return half;
  }

  /**
   * A window of a grid enlarged to twice its size, by linear interpolation between the middles of
   * positions, with edges repeated.
   */
  static FloatGrid doubledWindow(FloatGrid grid, int top, int left, int height, int width) {
    FloatGrid part = new FloatGrid(height, width, grid.channels);
    int to = 0;
    for (int y = top; y < top + height; y++) {
      int near = y / 2;
      int far = neighbour(y, grid.height);
      for (int x = left; x < left + width; x++) {
        int remote = neighbour(x, grid.width);
        int a = grid.at(near, x / 2);
        int b = grid.at(far, x / 2);
        int c = grid.at(near, remote);
        int d = grid.at(far, remote);
        for (int k = 0; k < grid.channels; k++) {
          // Rows first, then columns.
          float here = mix(grid.values[a + k], grid.values[b + k]);
          float there = mix(grid.values[c + k], grid.values[d + k]);
          part.values[to++] = mix(here, there);
        }
      }
    }
    return part;
  }

  /** Three quarters of the nearer value and one of the other. */
  private static float mix(float near, float far) {
    return 0.75f * near + 0.25f * far;
  }

  /** The second nearest position, of a position at double size. */
  private static int neighbour(int place, int size) {
    int far = place % 2 == 0 ? place / 2 - 1 : place / 2 + 1;
    return Math.max(0, Math.min(far, size - 1));
  }
}
