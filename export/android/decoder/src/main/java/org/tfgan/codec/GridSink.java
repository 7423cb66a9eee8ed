package org.tfgan.codec;

/** Takes the parts of an array as they are computed. */
interface GridSink {
  /** Takes the part whose corner is (top, left). */
  void put(FloatGrid part, int top, int left) throws TgcException;
}
