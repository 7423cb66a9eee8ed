package org.tfgan.codec;

import java.util.Arrays;
import java.util.TreeMap;

/** The segments before the pixels of a JPEG file. */
final class JpegSegments {
  private static final int START_OF_SCAN = 0xDA;
  private static final int APP1 = 0xE1;
  private static final int APP2 = 0xE2;
  private static final byte[] EXIF = PictureFile.latin("Exif\0\0");
  private static final byte[] PROFILE = PictureFile.latin("ICC_PROFILE\0");

  private JpegSegments() {}

  static PictureFile read(byte[] file) {
    byte[] exif = null;
    TreeMap<Integer, byte[]> parts = new TreeMap<>(); // of the profile, by number
    ByteWriter bare = new ByteWriter();
    bare.write(Arrays.copyOf(file, 2));
    int at = 2;
    while (at + 4 <= file.length && (file[at] & 0xFF) == 0xFF) {
      int marker = file[at + 1] & 0xFF;
      int stop = at + 2 + ((file[at + 2] & 0xFF) << 8 | file[at + 3] & 0xFF);
      if (marker == START_OF_SCAN || stop > file.length) {
        break;
      }
      byte[] body = Arrays.copyOfRange(file, at + 4, stop);
      boolean profile = marker == APP2 && PictureFile.startsWith(body, 0, PROFILE);
      if (profile) {
        int number = body[PROFILE.length] & 0xFF;
        parts.put(number, PictureFile.tail(body, PROFILE.length + 2));
      } else {
        bare.write(Arrays.copyOfRange(file, at, stop));
      }
      if (exif == null && marker == APP1 && PictureFile.startsWith(body, 0, EXIF)) {
        exif = body;
      }
      at = stop;
    }
    bare.write(PictureFile.tail(file, at));
    return new PictureFile(joined(parts), exif, bare.toByteArray());
  }

  private static byte[] joined(TreeMap<Integer, byte[]> parts) {
    ByteWriter whole = new ByteWriter();
    for (byte[] part : parts.values()) {
      whole.write(part);
    }
    return parts.isEmpty() ? null : whole.toByteArray();
  }
}
