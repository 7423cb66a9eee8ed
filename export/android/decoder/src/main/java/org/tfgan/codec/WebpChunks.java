package org.tfgan.codec;

import java.util.Arrays;

/** The chunks of a WebP file, pixels aside. */
final class WebpChunks {
  private static final int HEADER_BYTES = 12;

  /** Name and length. */
  private static final int OVERHEAD = 8;

  /** Of the first byte of chunk VP8X: whether there is a profile. */
  private static final int HAS_PROFILE = 0x20;

  private WebpChunks() {}

  static PictureFile read(byte[] file) {
    byte[] icc = null;
    byte[] exif = null;
    ByteWriter bare = new ByteWriter();
    bare.write(Arrays.copyOf(file, HEADER_BYTES));
    int at = HEADER_BYTES;
    while (at + OVERHEAD <= file.length) {
      long length = littleEndian(file, at + 4);
      long stop = at + OVERHEAD + length + length % 2; // chunks begin at even places
      if (at + OVERHEAD + length > file.length) {
        break;
      }
      byte[] chunk = Arrays.copyOfRange(file, at, (int) stop);
      byte[] body = Arrays.copyOfRange(file, at + OVERHEAD, at + OVERHEAD + (int) length);
      if (PictureFile.startsWith(chunk, 0, PictureFile.latin("ICCP"))) {
        icc = body;
      } else {
        if (PictureFile.startsWith(chunk, 0, PictureFile.latin("EXIF"))) {
          exif = body;
        } else if (PictureFile.startsWith(chunk, 0, PictureFile.latin("VP8X"))) {
          chunk[OVERHEAD] &= ~HAS_PROFILE;
        }
        bare.write(chunk);
      }
      at = (int) Math.min(stop, file.length);
    }
    bare.write(PictureFile.tail(file, at));
    byte[] whole = bare.toByteArray();
    int length = whole.length - OVERHEAD; // as the header tells
    for (int i = 0; i < 4; i++) {
      whole[4 + i] = (byte) (length >> (8 * i));
    }
    return new PictureFile(icc, exif, whole);
  }

  private static long littleEndian(byte[] file, int at) {
    long value = 0;
    for (int i = 0; i < 4; i++) {
      value |= (file[at + i] & 0xFFL) << (8 * i);
    }
    return value;
  }
}
