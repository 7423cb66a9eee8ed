package org.tfgan.codec.demo;

import android.content.ContentResolver;
import android.graphics.Bitmap;
import android.graphics.BitmapFactory;
import android.graphics.Matrix;
import android.net.Uri;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.tfgan.codec.JpegOrientation;

/** Reads photographs: upright, and halved until they fit into memory. */
final class Photo {
  /** 16 megapixels are 64 MB as a bitmap, and twice that while one is being turned. */
  private static final long MAX_PIXELS = 16_000_000;

  /** Where JPEG files have their EXIF block, if anywhere. */
  private static final int HEAD_BYTES = 1 << 16;

  private Photo() {}

  /** The picture; null if Android cannot read it. */
  static Bitmap read(ContentResolver resolver, Uri uri) throws IOException {
    BitmapFactory.Options options = new BitmapFactory.Options();
    options.inJustDecodeBounds = true;
    decode(resolver, uri, options);
    options.inJustDecodeBounds = false;
    options.inSampleSize = 1;
    long pixels = (long) options.outWidth * options.outHeight;
    while (pixels > MAX_PIXELS * options.inSampleSize * options.inSampleSize) {
      options.inSampleSize *= 2;
    }
    Bitmap bitmap = decode(resolver, uri, options);
    return bitmap == null ? null : upright(bitmap, orientation(resolver, uri));
  }

  private static Bitmap decode(ContentResolver resolver, Uri uri, BitmapFactory.Options options)
      throws IOException {
    try (InputStream in = open(resolver, uri)) {
      return BitmapFactory.decodeStream(in, null, options);
    }
  }

  private static int orientation(ContentResolver resolver, Uri uri) throws IOException {
    try (InputStream in = open(resolver, uri)) {
      return JpegOrientation.of(Streams.readHead(in, HEAD_BYTES));
    }
  }

  private static InputStream open(ContentResolver resolver, Uri uri) throws IOException {
    InputStream in = resolver.openInputStream(uri);
    if (in == null) {
      throw new FileNotFoundException(uri.toString());
    }
    return in;
  }

  /** Applies an EXIF orientation: even numbers and 5, 7 are mirrored as EXIF defines them. */
  private static Bitmap upright(Bitmap bitmap, int orientation) {
    if (orientation == JpegOrientation.NORMAL) {
      return bitmap;
    }
    Matrix matrix = new Matrix();
    int[] degrees = {0, 0, 180, 180, 90, 90, -90, -90};
    matrix.setRotate(degrees[orientation - 1]);
    boolean mirrored = orientation == 2 || orientation == 4 || orientation == 5 || orientation == 7;
    if (mirrored) {
      matrix.postScale(-1, 1);
    }
    return Bitmap.createBitmap(
        bitmap, 0, 0, bitmap.getWidth(), bitmap.getHeight(), matrix, true);
  }
}
