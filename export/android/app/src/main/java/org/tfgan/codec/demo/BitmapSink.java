package org.tfgan.codec.demo;

import android.graphics.Bitmap;
import org.tfgan.codec.PixelSink;

/** Collects a decoded picture in a bitmap, of every n-th pixel where all would be too many. */
final class BitmapSink implements PixelSink {
  /** What graphics hardware takes as one texture on all but the oldest devices. */
  private static final int MAX_SIDE = 4096;

  /** Keeps one pixel of so many, along each axis. */
  final int step;

  final Bitmap bitmap;

  BitmapSink(int width, int height, boolean transparent) {
    step = Math.max(ceilDiv(width, MAX_SIDE), ceilDiv(height, MAX_SIDE));
    bitmap =
        Bitmap.createBitmap(ceilDiv(width, step), ceilDiv(height, step), Bitmap.Config.ARGB_8888);
    bitmap.setHasAlpha(transparent);
  }

  @Override
  public void put(int[] argb, int left, int top, int width, int height) {
    if (step == 1) {
      bitmap.setPixels(argb, 0, width, left, top, width, height);
      return;
    }
    for (int y = firstKept(top); y < top + height; y += step) {
      for (int x = firstKept(left); x < left + width; x += step) {
        bitmap.setPixel(x / step, y / step, argb[(y - top) * width + x - left]);
      }
    }
  }

  /** The first multiple of the step from {@code at} on. */
  private int firstKept(int at) {
    return ceilDiv(at, step) * step;
  }

  private static int ceilDiv(int a, int b) {
    return (a + b - 1) / b;
  }
}
