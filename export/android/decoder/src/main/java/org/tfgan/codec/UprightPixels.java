package org.tfgan.codec;

/** A picture turned as its EXIF orientation says. */
public final class UprightPixels implements PixelSource {
  private final PixelSource stored;

  /** Whether rows of the picture are columns of the stored one, and which of its axes run back. */
  private final boolean swapped;

  private final boolean leftwards;
  private final boolean upwards;

  /**
   * @param orientation 1..8, as EXIF counts
   */
  public UprightPixels(PixelSource stored, int orientation) {
    this.stored = stored;
    swapped = orientation >= 5;
    leftwards = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    upwards = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  }

  @Override
  public int width() {
    return swapped ? stored.height() : stored.width();
  }

  @Override
  public int height() {
    return swapped ? stored.width() : stored.height();
  }

  @Override
  public void get(int[] argb, int left, int top, int width, int height) {
    // The rectangle where it is stored.
    int wide = swapped ? height : width;
    int high = swapped ? width : height;
    int x = swapped ? top : left;
    int y = swapped ? left : top;
    int fromX = leftwards ? stored.width() - x - wide : x;
    int fromY = upwards ? stored.height() - y - high : y;
    int[] part = new int[wide * high];
    stored.get(part, fromX, fromY, wide, high);
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        int across = swapped ? row : column;
        int down = swapped ? column : row;
        int storedX = leftwards ? wide - 1 - across : across;
        int storedY = upwards ? high - 1 - down : down;
        argb[row * width + column] = part[storedY * wide + storedX];
      }
    }
  }
}
