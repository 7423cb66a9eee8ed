package org.tfgan.codec;

/** Takes a decoded picture in rectangles, in any order: the picture itself may be large. */
public interface PixelSink {
  /**
   * Takes a rectangle of pixels.
   *
   * @param argb row by row, 8 bits each of alpha, red, green and blue, not premultiplied; valid
   *     during the call only
   */
  void put(int[] argb, int left, int top, int width, int height);
}
