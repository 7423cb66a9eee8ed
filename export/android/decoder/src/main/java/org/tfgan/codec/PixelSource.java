package org.tfgan.codec;

/** Gives the pixels of a picture in rectangles, so that a large one need not be copied whole. */
public interface PixelSource {
  int width();

  int height();

  /**
   * Gets a rectangle of pixels.
   *
   * @param argb receives it row by row, 8 bits each of alpha, red, green and blue, not
   *     premultiplied
   */
  void get(int[] argb, int left, int top, int width, int height);
}
