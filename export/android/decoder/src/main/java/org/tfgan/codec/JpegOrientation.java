package org.tfgan.codec;

/**
 * Finds the EXIF orientation of a JPEG file, 1..8. Cameras store pictures as the sensor lay and say
 * here how to turn them; Android's own reader of it needs a newer Android than this app.
 */
public final class JpegOrientation {
  /** Upright, and what a file without this information is taken for. */
  public static final int NORMAL = 1;

  private static final int APP1 = 0xE1;
  private static final int START_OF_SCAN = 0xDA;
  private static final int ORIENTATION = 0x0112;
  private static final String EXIF = "Exif\0\0";

  private final byte[] data;
  private final int base;
  private final boolean littleEndian;

  private JpegOrientation(byte[] data, int base) {
    this.data = data;
    this.base = base;
    littleEndian = data[base] == 'I';
  }

  /** The orientation that the beginning of a file tells (64 kB suffice), or {@link #NORMAL}. */
  public static int of(byte[] head) {
    try {
      int at = 2; // after the start of the image
      while (at + 4 <= head.length && (head[at] & 0xFF) == 0xFF) {
        int marker = head[at + 1] & 0xFF;
        int length = (head[at + 2] & 0xFF) << 8 | (head[at + 3] & 0xFF);
        if (marker == START_OF_SCAN) {
          break;
        }
        if (marker == APP1 && isExif(head, at + 4)) {
          return new JpegOrientation(head, at + 4 + EXIF.length()).find();
        }
        at += 2 + length;
      }
    } catch (ArrayIndexOutOfBoundsException damaged) {
      // Damaged EXIF should not keep anyone from the picture.
    }
    return NORMAL;
  }

  private static boolean isExif(byte[] head, int at) {
    for (int i = 0; i < EXIF.length(); i++) {
      if (head[at + i] != EXIF.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Looks through the first directory of the TIFF structure. */
  private int find() {
    int directory = number(4, 4);
    int entries = number(directory, 2);
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + 12 * i;
      if (number(entry, 2) == ORIENTATION) {
        int value = number(entry + 8, 2);
        return value >= 1 && value <= 8 ? value : NORMAL;
      }
    }
    return NORMAL;
  }

  private int number(int at, int bytes) {
    int value = 0;
    for (int i = 0; i < bytes; i++) {
      int shift = littleEndian ? 8 * i : 8 * (bytes - 1 - i);
      value |= (data[base + at + i] & 0xFF) << shift;
    }
    return value;
  }
}
