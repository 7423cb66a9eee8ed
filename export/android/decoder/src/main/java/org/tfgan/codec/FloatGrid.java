package org.tfgan.codec;

/** Floats [height, width, channels] in row-major order: what networks take and give. */
public final class FloatGrid {
  public final int height;
  public final int width;
  public final int channels;
  public final float[] values;

  public FloatGrid(int height, int width, int channels) {
    this(height, width, channels, new float[height * width * channels]);
  }

  public FloatGrid(int height, int width, int channels, float[] values) {
    if (values.length != height * width * channels) {
      throw new IllegalArgumentException(
          values.length + " values for [" + height + ", " + width + ", " + channels + "]");
    }
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.values = values;
  }

  /** Where the channels of a position begin in {@link #values}. */
  int at(int y, int x) {
    return (y * width + x) * channels;
  }

  /** The rectangle of {@code newHeight} x {@code newWidth} positions whose corner is (top, left). */
  FloatGrid crop(int top, int left, int newHeight, int newWidth) {
    if (newHeight == height && newWidth == width) {
      return this;
    }
    FloatGrid result = new FloatGrid(newHeight, newWidth, channels);
    for (int y = 0; y < newHeight; y++) {
      System.arraycopy(
          values, at(top + y, left), result.values, result.at(y, 0), newWidth * channels);
    }
    return result;
  }

  /** Copies all of {@code part} to (top, left). */
  void paste(FloatGrid part, int top, int left) {
    for (int y = 0; y < part.height; y++) {
      System.arraycopy(
          part.values, part.at(y, 0), values, at(top + y, left), part.width * channels);
    }
  }
}
