package org.tfgan.codec.demo;

import android.graphics.Bitmap;
import org.tfgan.codec.PixelSource;

/** The pixels of a bitmap. */
final class BitmapSource implements PixelSource {
  private final Bitmap bitmap;

  BitmapSource(Bitmap bitmap) {
    this.bitmap = bitmap;
  }

  @Override
  public int width() {
    return bitmap.getWidth();
  }

  @Override
  public int height() {
    return bitmap.getHeight();
  }

  @Override
  public void get(int[] argb, int left, int top, int width, int height) {
    bitmap.getPixels(argb, 0, width, left, top, width, height);
  }
}
