package org.tfgan.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;

/** The chunks of a PNG file, pixels aside. */
final class PngChunks {
  private static final int SIGNATURE_BYTES = 8;

  /** Length, name and checksum. */
  private static final int OVERHEAD = 12;

  private PngChunks() {}

  static PictureFile read(byte[] file) {
    byte[] icc = null;
    byte[] exif = null;
    ByteWriter bare = new ByteWriter();
    bare.write(Arrays.copyOf(file, SIGNATURE_BYTES));
    int at = SIGNATURE_BYTES;
    while (at + OVERHEAD <= file.length) {
      long length = bigEndian(file, at);
      if (length > file.length - at - OVERHEAD) {
        break;
      }
      int stop = at + OVERHEAD + (int) length;
      byte[] body = Arrays.copyOfRange(file, at + 8, stop - 4);
      switch (new String(file, at + 4, 4, StandardCharsets.ISO_8859_1)) {
        case "iCCP":
          icc = profile(body);
          break;
        case "gAMA": // which Python's reader does not look at either
        case "cHRM":
        case "sRGB":
        case "cICP":
          break;
        case "eXIf":
          exif = body;
          bare.write(Arrays.copyOfRange(file, at, stop));
          break;
        default:
          bare.write(Arrays.copyOfRange(file, at, stop));
      }
      at = stop;
    }
    bare.write(PictureFile.tail(file, at));
    return new PictureFile(icc, exif, bare.toByteArray());
  }

  /** The profile behind its name and the number of its compression; null where it is damaged. */
  private static byte[] profile(byte[] body) {
    int name = 0;
    while (body[name] != 0) {
      name++;
    }
    try {
      return Zlib.inflate(PictureFile.tail(body, name + 2), Metadata.MAX_BYTES);
    } catch (DataFormatException damaged) {
      return null;
    }
  }

  private static long bigEndian(byte[] file, int at) {
    long value = 0;
    for (int i = 0; i < 4; i++) {
      value = value << 8 | file[at + i] & 0xFF;
    }
    return value;
  }
}
