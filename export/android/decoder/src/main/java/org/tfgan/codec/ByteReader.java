package org.tfgan.codec;

import java.util.Arrays;

/** Takes fields off a byte array, checking that they are there before anything is allocated. */
final class ByteReader {
  /** Nine bytes of seven bits: numbers below 2^63. */
  private static final int MAX_VARINT_BYTES = 9;

  private final byte[] data;
  private final int end;
  private int position;

  ByteReader(byte[] data, int position, int end) {
    this.data = data;
    this.position = position;
    this.end = end;
  }

  int position() {
    return position;
  }

  int remaining() {
    return end - position;
  }

  /** Takes {@code length} bytes; {@code what} names the field in the message of the error. */
  byte[] take(long length, String what) throws BitstreamException {
    if (length > remaining()) {
      throw new BitstreamException(
          "the " + what + " does not fit in the file; it was not written whole");
    }
    byte[] taken = Arrays.copyOfRange(data, position, position + (int) length);
    position += (int) length;
    return taken;
  }

  int takeByte(String what) throws BitstreamException {
    return take(1, what)[0] & 0xFF;
  }

  /** Four bytes, little endian. */
  long uint32(String what) throws BitstreamException {
    byte[] bytes = take(4, what);
    long value = 0;
    for (int i = 0; i < bytes.length; i++) {
      value |= (bytes[i] & 0xFFL) << (8 * i);
    }
    return value;
  }

  /** Unsigned LEB128, in its shortest form. */
  long varint(String what) throws BitstreamException {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      int next = takeByte(what);
      value |= (long) (next & 0x7F) << (7 * i);
      if (next < 0x80) {
        if (i > 0 && next == 0) {
          break; // the same number has a shorter form
        }
        return value;
      }
    }
    throw new BitstreamException("the " + what + " is not a valid number");
  }

  byte[] chunk(String what) throws BitstreamException {
    return take(varint("length of the " + what), what);
  }
}
