package org.tfgan.codec;

import java.io.ByteArrayOutputStream;

/** The counterpart of {@link ByteReader}. */
final class ByteWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  void write(byte[] data) {
    out.write(data, 0, data.length);
  }

  void writeByte(int value) {
    out.write(value);
  }

  /** Unsigned LEB128: seven bits a byte, lowest first, the high bit set on all but the last. */
  void varint(long value) {
    long rest = value;
    while (rest >= 0x80) {
      out.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  void chunk(byte[] data) {
    varint(data.length);
    write(data);
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }
}
