package org.tfgan.codec;

import java.util.zip.DataFormatException;

/** ICC profiles and EXIF blocks as the container stores them: in zlib's format, limited. */
final class Metadata {
  /** Bytes of one block when inflated. */
  static final int MAX_BYTES = 1 << 24;

  /** And deflated: zlib adds a little to what it cannot shorten. */
  private static final int MAX_PACKED = MAX_BYTES + (1 << 13);

  private Metadata() {}

  /** Takes a block as it is packed. */
  static byte[] take(ByteReader reader, long length, String what) throws BitstreamException {
    byte[] packed = reader.take(length, what);
    if (packed.length > MAX_PACKED) {
      throw new BitstreamException(
          "the " + what + " has " + length + " bytes; at most " + MAX_PACKED + " are allowed");
    }
    return packed;
  }

  static byte[] pack(byte[] data, String what) throws ImageException {
    if (data.length > MAX_BYTES) {
      throw new ImageException(
          "the " + what + " has " + data.length + " bytes; the limit is " + MAX_BYTES);
    }
    return Zlib.deflate(data);
  }

  /** Inflates no more than the limit, whatever the data claims to be. */
  static byte[] unpack(byte[] data, String what) throws BitstreamException {
    byte[] unpacked;
    try {
      unpacked = Zlib.inflate(data, MAX_BYTES);
    } catch (DataFormatException error) {
      throw new BitstreamException("the " + what + " cannot be unpacked", error);
    }
    if (unpacked == null) {
      throw new BitstreamException(
          "the " + what + " is longer than " + MAX_BYTES + " bytes or incomplete");
    }
    return unpacked;
  }
}
