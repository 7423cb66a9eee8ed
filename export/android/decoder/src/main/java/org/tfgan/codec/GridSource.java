package org.tfgan.codec;

/** Gives windows of an array on demand, so that a large one need not exist as floats. */
interface GridSource {
  int height();

  int width();

  /** The rectangle of {@code height} x {@code width} positions whose corner is (top, left). */
  FloatGrid window(int top, int left, int height, int width) throws TgcException;
}
