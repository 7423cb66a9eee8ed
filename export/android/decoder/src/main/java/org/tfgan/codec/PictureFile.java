package org.tfgan.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a picture file, JPEG, PNG or WebP, says beside its pixels: colour profile, EXIF, and how it
 * is to be turned. Of other files, and of damaged ones, it finds nothing.
 */
public final class PictureFile {
  /** Upright, and what a file without this information is taken for. */
  public static final int NORMAL = ExifBlock.NORMAL;

  private static final byte[] EXIF = latin("Exif\0\0");

  /** How the stored picture is to be turned, 1..8, as EXIF counts. */
  public final int orientation;

  /** The ICC profile, or null. */
  final byte[] icc;

  /** The EXIF block, a TIFF structure, or null. */
  final byte[] exif;

  /** The file without all that says what its colours mean. */
  private final byte[] bare;

  PictureFile(byte[] icc, byte[] exif, byte[] bare) {
    this.icc = icc;
    this.exif = exif == null || !startsWith(exif, 0, EXIF) ? exif : tail(exif, EXIF.length);
    this.bare = bare;
    orientation = exif == null ? NORMAL : ExifBlock.orientation(this.exif);
  }

  /** Reads what a file says; its pixels are not looked at. */
  public static PictureFile read(byte[] file) {
    try {
      if (startsWith(file, 0, new byte[] {(byte) 0xFF, (byte) 0xD8})) {
        return JpegSegments.read(file);
      }
      if (startsWith(file, 0, latin("\u0089PNG\r\n\u001a\n"))) {
        return PngChunks.read(file);
      }
      if (startsWith(file, 0, latin("RIFF")) && startsWith(file, 8, latin("WEBP"))) {
        return WebpChunks.read(file);
      }
    } catch (ArrayIndexOutOfBoundsException | IllegalArgumentException damaged) {
      // Whoever decodes the pixels will say so, if it matters.
    }
    return new PictureFile(null, null, file);
  }

  /**
   * The file without its colour profile: systems that convert colours as they decode leave those of
   * such a file as they are stored.
   */
  public byte[] withoutProfile() {
    return bare;
  }

  static boolean startsWith(byte[] data, int at, byte[] beginning) {
    return data.length >= at + beginning.length
        && Arrays.equals(Arrays.copyOfRange(data, at, at + beginning.length), beginning);
  }

  static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static byte[] tail(byte[] data, int from) {
    return Arrays.copyOfRange(data, from, data.length);
  }
}
