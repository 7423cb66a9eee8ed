package org.tfgan.codec;

/**
 * A picture whose pixels under alpha 0 go on smoothly from those that are seen: nobody sees them,
 * so they should cost as little as possible. Each takes the mean of what is seen around it, in the
 * smallest of the blocks of 2x2, 4x4, 8x8 ... pixels around it in which anything is seen,
 * interpolated between blocks.
 */
final class FilledPixels implements PixelSource {
  /** The colour of a picture that is hidden everywhere. */
  private static final int NOTHING_SEEN = 0x808080;

  private static final int RGB = 0xFFFFFF;
  private static final int COLOURS = 3;

  private final PixelSource picture;

  /** What hidden pixels take, at half the size; null if nothing is seen. */
  private final FloatGrid below;

  private FilledPixels(PixelSource picture, FloatGrid below) {
    this.picture = picture;
    this.below = below;
  }

  /** The picture filled; itself if nothing is hidden. */
  static PixelSource of(PixelSource picture) {
    boolean hidden = false;
    boolean seen = false;
    int[] row = new int[picture.width()];
    for (int y = 0; y < picture.height(); y++) {
      picture.get(row, 0, y, row.length, 1);
      for (int argb : row) {
        hidden |= argb >>> 24 == 0;
        seen |= argb >>> 24 != 0;
      }
    }
    return hidden ? new FilledPixels(picture, seen ? extended(firstLevel(picture)) : null) : picture;
  }

  @Override
  public int width() {
    return picture.width();
  }

  @Override
  public int height() {
    return picture.height();
  }

  @Override
  public void get(int[] argb, int left, int top, int width, int height) {
    picture.get(argb, left, top, width, height);
    for (int y = 0; y < height; y++) {
      FloatGrid row = below == null ? null : Pyramid.doubledWindow(below, top + y, left, 1, width);
      for (int x = 0; x < width; x++) {
        int i = y * width + x;
        if (argb[i] >>> 24 == 0) {
          argb[i] = (row == null ? NOTHING_SEEN : colour(row.values, COLOURS * x)) & RGB;
        }
      }
    }
  }

  private static int colour(float[] values, int at) {
    int rgb = 0;
    for (int c = 0; c < COLOURS; c++) {
      rgb = rgb << 8 | (int) Math.max(0, Math.min(values[at + c] + 0.5f, 255));
    }
    return rgb;
  }

  /** Means of what is seen, and in a fourth channel how much of each block counts, 0..1. */
  private static FloatGrid firstLevel(PixelSource picture) {
    int width = picture.width();
    int height = picture.height();
    FloatGrid sums = new FloatGrid(Pyramid.shrunk(height, 2), Pyramid.shrunk(width, 2), 4);
    int[][] rows = new int[2][width];
    for (int y = 0; y < sums.height; y++) {
      picture.get(rows[0], 0, 2 * y, width, 1);
      picture.get(rows[1], 0, Math.min(2 * y + 1, height - 1), width, 1);
      for (int x = 0; x < 2 * sums.width; x++) {
        int to = sums.at(y, x / 2);
        for (int[] row : rows) {
          int argb = row[Math.min(x, width - 1)];
          if (argb >>> 24 != 0) {
            add(sums.values, to, 1, argb >> 16 & 0xFF, argb >> 8 & 0xFF, argb & 0xFF);
          }
        }
      }
    }
    return means(sums);
  }

  /** The level of blocks of 2x2 positions of another; odd sides repeat the last. */
  private static FloatGrid coarser(FloatGrid level) {
    int wide = Pyramid.shrunk(level.width, 2);
    FloatGrid sums = new FloatGrid(Pyramid.shrunk(level.height, 2), wide, 4);
    for (int y = 0; y < 2 * sums.height; y++) {
      for (int x = 0; x < 2 * sums.width; x++) {
        int from = level.at(Math.min(y, level.height - 1), Math.min(x, level.width - 1));
        float[] v = level.values;
        add(sums.values, sums.at(y / 2, x / 2), v[from + 3], v[from], v[from + 1], v[from + 2]);
      }
    }
    return means(sums);
  }

  private static void add(float[] sums, int at, float weight, float red, float green, float blue) {
    sums[at] += weight * red;
    sums[at + 1] += weight * green;
    sums[at + 2] += weight * blue;
    sums[at + 3] += weight;
  }

  private static FloatGrid means(FloatGrid sums) {
    for (int at = 0; at < sums.values.length; at += 4) {
      float weight = sums.values[at + 3];
      for (int c = 0; weight > 0 && c < COLOURS; c++) {
        sums.values[at + c] /= weight;
      }
      sums.values[at + 3] = Math.min(weight, 1); // in full as soon as a pixel of it is seen
    }
    return sums;
  }

  /** The colours of a level in which something is seen, filled from that at half its size. */
  private static FloatGrid extended(FloatGrid level) {
    FloatGrid filled = new FloatGrid(level.height, level.width, COLOURS);
    boolean whole = true;
    for (int at = 3; at < level.values.length; at += 4) {
      whole &= level.values[at] == 1;
    }
    FloatGrid below = whole ? null : extended(coarser(level));
    for (int y = 0; y < level.height; y++) {
      FloatGrid row = whole ? null : Pyramid.doubledWindow(below, y, 0, 1, level.width);
      for (int x = 0; x < level.width; x++) {
        int from = level.at(y, x);
        float weight = level.values[from + 3];
        for (int c = 0; c < COLOURS; c++) {
          float other = whole ? 0 : row.values[COLOURS * x + c];
          filled.values[filled.at(y, x) + c] =
              weight * level.values[from + c] + (1 - weight) * other;
        }
      }
    }
    return filled;
  }
}
