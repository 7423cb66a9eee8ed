package org.tfgan.codec;

import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Whole zlib streams in memory, with a limit against those that inflate without end. */
final class Zlib {
  private Zlib() {}

  static byte[] deflate(byte[] data) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    try {
      deflater.setInput(data);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[8192];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  /**
   * Inflates one whole zlib stream of at most {@code limit} bytes, after which nothing follows.
   *
   * @return null if it is longer, unfinished, or followed by something
   */
  static byte[] inflate(byte[] data, int limit) throws DataFormatException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(data);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[8192];
      while (!inflater.finished()) {
        int count = inflater.inflate(buffer);
        if (out.size() + count > limit || (count == 0 && !inflater.finished())) {
          return null;
        }
        out.write(buffer, 0, count);
      }
      return inflater.getRemaining() == 0 ? out.toByteArray() : null;
    } finally {
      inflater.end();
    }
  }
}
