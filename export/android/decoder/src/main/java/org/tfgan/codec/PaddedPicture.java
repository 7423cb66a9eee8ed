package org.tfgan.codec;

/** A picture as the analysis network takes it: padded to whole latents by repeating its edges. */
final class PaddedPicture implements GridSource {
  private final PixelSource picture;

  PaddedPicture(PixelSource picture) {
    this.picture = picture;
  }

  @Override
  public int height() {
    return padded(picture.height());
  }

  @Override
  public int width() {
    return padded(picture.width());
  }

  @Override
  public FloatGrid window(int top, int left, int height, int width) {
    int haveHeight = Math.min(height, picture.height() - top);
    int haveWidth = Math.min(width, picture.width() - left);
    int[] argb = new int[haveHeight * haveWidth];
    picture.get(argb, left, top, haveWidth, haveHeight);
    FloatGrid result = new FloatGrid(height, width, 3);
    int to = 0;
    for (int y = 0; y < height; y++) {
      int row = Math.min(y, haveHeight - 1) * haveWidth;
      for (int x = 0; x < width; x++) {
        int pixel = argb[row + Math.min(x, haveWidth - 1)];
        result.values[to++] = pixel >> 16 & 0xFF;
        result.values[to++] = pixel >> 8 & 0xFF;
        result.values[to++] = pixel & 0xFF;
      }
    }
    return result;
  }

  private static int padded(int size) {
    return (size + Bundle.STRIDE - 1) / Bundle.STRIDE * Bundle.STRIDE;
  }
}
