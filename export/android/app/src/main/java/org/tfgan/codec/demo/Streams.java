package org.tfgan.codec.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reads streams into memory. */
final class Streams {
  private Streams() {}

  /** All that is in the stream; null if that is more than {@code limit} bytes. */
  static byte[] readFully(InputStream in, int limit) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 16];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      if (count > limit - out.size()) {
        return null;
      }
      out.write(buffer, 0, count);
    }
    return out.toByteArray();
  }
}
