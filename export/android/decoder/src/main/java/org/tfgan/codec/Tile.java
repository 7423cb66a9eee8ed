package org.tfgan.codec;

/**
 * The contents of a tile: a payload as of a picture of the tile's size, and perhaps its part of the
 * alpha plane ("Tiles" of the format). Arrays are not copied: treat them as constant.
 */
public final class Tile {
  /** Where it lies in the picture, in pixels. */
  public final int top;

  public final int left;
  public final int height;
  public final int width;

  /** Entropy-coded symbols. */
  public final byte[] stream;

  /** A greyscale PNG file of the tile's size, or null. */
  public final byte[] alpha;

  Tile(int top, int left, int height, int width, byte[] stream, byte[] alpha) {
    this.top = top;
    this.left = left;
    this.height = height;
    this.width = width;
    this.stream = stream;
    this.alpha = alpha;
  }
}
