package org.tfgan.codec.demo;

import android.graphics.Bitmap;

/** A picture for the screen, what there is to say of it, and the file it comes from. */
final class Shown {
  final Bitmap bitmap;
  final String text;
  final byte[] file;

  Shown(Bitmap bitmap, String text, byte[] file) {
    this.bitmap = bitmap;
    this.text = text;
    this.file = file;
  }
}
