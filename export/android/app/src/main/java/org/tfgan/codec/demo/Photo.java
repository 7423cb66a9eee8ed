package org.tfgan.codec.demo;

import android.graphics.Bitmap;
import android.graphics.BitmapFactory;
import android.os.Build;
import org.tfgan.codec.ImageException;
import org.tfgan.codec.PictureFile;
import org.tfgan.codec.PictureMetadata;
import org.tfgan.codec.PixelSource;
import org.tfgan.codec.UprightPixels;

/** A photograph as it is encoded: halved until it fits into memory, with what the file keeps. */
final class Photo {
  /** 16 megapixels are 64 MB as a bitmap. */
  private static final long MAX_PIXELS = 16_000_000;

  /** From this API level on (Android 8) colours are converted when pixels are asked for. */
  private static final int CONVERTS_COLOURS = 26;

  final PixelSource pixels;
  final PictureMetadata metadata;

  /** How large the file may be. */
  final int maxBytes;

  private final Bitmap bitmap;

  private Photo(Bitmap bitmap, PixelSource pixels, PictureMetadata metadata, int maxBytes) {
    this.bitmap = bitmap;
    this.pixels = pixels;
    this.metadata = metadata;
    this.maxBytes = maxBytes;
  }

  /**
   * Reads the contents of a file; null if Android cannot.
   *
   * @param bpp bits per pixel that the file may take, an alpha plane not counted
   */
  static Photo read(byte[] contents, double bpp) throws ImageException {
    BitmapFactory.Options options = new BitmapFactory.Options();
    options.inJustDecodeBounds = true;
    BitmapFactory.decodeByteArray(contents, 0, contents.length, options);
    long pixels = (long) options.outWidth * options.outHeight;
    options.inJustDecodeBounds = false;
    options.inSampleSize = 1;
    while (pixels > MAX_PIXELS * options.inSampleSize * options.inSampleSize) {
      options.inSampleSize *= 2;
    }
    double kept = (double) pixels / options.inSampleSize / options.inSampleSize;
    int maxBytes = (int) (bpp * kept / 8);
    PictureFile file = PictureFile.read(contents);
    PictureMetadata metadata = PictureMetadata.basic(file, maxBytes);
    // Without its profile, the pixels are those that are stored, whatever Android would convert.
    boolean convert = metadata.toSrgb && Build.VERSION.SDK_INT >= CONVERTS_COLOURS;
    byte[] decoded = convert ? contents : file.withoutProfile();
    Bitmap bitmap = BitmapFactory.decodeByteArray(decoded, 0, decoded.length, options);
    if (bitmap == null) {
      return null;
    }
    PixelSource upright = new UprightPixels(new BitmapSource(bitmap), file.orientation);
    if (bitmap.hasAlpha()) {
      metadata = metadata.withAlphaOf(upright);
    }
    return new Photo(bitmap, upright, metadata, maxBytes + metadata.alphaBytes());
  }

  /** Gives its memory back. */
  void recycle() {
    bitmap.recycle();
  }
}
