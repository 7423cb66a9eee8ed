package org.tfgan.codec;

import java.util.Arrays;
import java.util.zip.CRC32;

/** The {@code .tgc} file: header, optional chunks, stream, checksum ("Container" of the format). */
public final class Container {
  /** Largest picture the format holds, in pixels. */
  public static final long MAX_PIXELS = 1L << 28;

  /** Sides below this count as this long: pictures are padded to it. */
  private static final int NARROWEST = 64;

  private static final String BOUNDS =
      "1 to " + MAX_PIXELS + " pixels, sides below " + NARROWEST + " counted as " + NARROWEST;

  private static final byte[] MAGIC = {'T', 'G', 'C'};
  private static final int VERSION = 1;
  private static final int LAYERED = 2;
  private static final int TILED = 3;
  private static final int FLAG_ICC = 1;
  private static final int FLAG_EXIF = 2;
  private static final int FLAG_ALPHA = 4;
  private static final int FLAG_GREY = 8;
  private static final int MODEL_ID_BYTES = 3;
  private static final int FIXED_BYTES = MAGIC.length + 1 + MODEL_ID_BYTES;
  private static final int CRC_BYTES = 4;
  /** One byte each for width, height and quality, and an empty stream. */
  private static final int SMALLEST = FIXED_BYTES + 3 + CRC_BYTES;

  private Container() {}

  /**
   * Reads a file of one layer, as this library's models make them.
   *
   * @throws BitstreamException for anything that {@link #pack} cannot have written
   */
  public static TgcFile parse(byte[] blob) throws BitstreamException {
    int flags = checkFrame(blob);
    ByteReader reader = new ByteReader(blob, FIXED_BYTES, blob.length - CRC_BYTES);
    long width = reader.varint("width");
    long height = reader.varint("height");
    if (!holds(width, height)) {
      throw new BitstreamException(
          String.format("a picture size of %dx%d is out of bounds (%s)", width, height, BOUNDS));
    }
    byte[] modelId = Arrays.copyOfRange(blob, MAGIC.length + 1, FIXED_BYTES);
    TgcFile.Builder file = new TgcFile.Builder(modelId, (int) width, (int) height);
    file.quality(reader.takeByte("quality"));
    if ((flags & FLAG_ICC) != 0) {
      long length = reader.varint("length of the ICC profile");
      if (length < KnownProfile.NUMBERS) {
        file.profile(KnownProfile.of(length));
      } else {
        file.icc(Metadata.unpack(reader.take(length, "ICC profile"), "ICC profile"));
      }
    }
    if ((flags & FLAG_EXIF) != 0) {
      file.exif(Metadata.unpack(reader.chunk("EXIF block"), "EXIF block"));
    }
    if ((flags & FLAG_ALPHA) != 0) {
      file.alpha(reader.chunk("alpha plane"));
    }
    file.grey((flags & FLAG_GREY) != 0);
    return file.stream(reader.take(reader.remaining(), "stream")).build();
  }

  /**
   * Writes a file.
   *
   * @throws ImageException if the picture or its metadata is larger than the format allows
   */
  public static byte[] pack(TgcFile file) throws ImageException {
    if (!holds(file.width, file.height)) {
      throw new ImageException(
          String.format(
              "a picture of %dx%d pixels is not supported; the format holds %s",
              file.width, file.height, BOUNDS));
    }
    int flags =
        (file.icc != null || file.profile != null ? FLAG_ICC : 0)
            | (file.exif != null ? FLAG_EXIF : 0)
            | (file.alpha != null ? FLAG_ALPHA : 0)
            | (file.grey ? FLAG_GREY : 0);
    ByteWriter out = new ByteWriter();
    out.write(MAGIC);
    out.writeByte(VERSION << 4 | flags);
    out.write(file.modelId);
    out.varint(file.width);
    out.varint(file.height);
    out.writeByte(file.quality);
    if (file.profile != null) {
      out.varint(file.profile.number);
    } else if (file.icc != null) {
      out.chunk(Metadata.pack(file.icc, "ICC profile"));
    }
    if (file.exif != null) {
      out.chunk(Metadata.pack(file.exif, "EXIF block"));
    }
    if (file.alpha != null) {
      out.chunk(file.alpha);
    }
    out.write(file.stream);
    byte[] body = out.toByteArray();
    long crc = crc32(body, body.length);
    byte[] whole = Arrays.copyOf(body, body.length + CRC_BYTES);
    for (int i = 0; i < CRC_BYTES; i++) {
      whole[body.length + i] = (byte) (crc >>> (8 * i));
    }
    return whole;
  }

  /** Whether the format has pictures of this size. */
  private static boolean holds(long width, long height) {
    // Each below 2^63: the product may overflow, the quotient does not.
    return width >= 1
        && height >= 1
        && Math.max(width, NARROWEST) <= MAX_PIXELS / Math.max(height, NARROWEST);
  }

  /** Checks magic, version, length and checksum, in the order of the format; returns the flags. */
  private static int checkFrame(byte[] blob) throws BitstreamException {
    if (!Arrays.equals(MAGIC, Arrays.copyOf(blob, MAGIC.length))) {
      String what = blob.length == 0 ? "the file is empty" : "not a .tgc file (wrong magic)";
      throw new BitstreamException(what + "; give one that this codec made");
    }
    if (blob.length <= MAGIC.length) {
      throw cutShort(blob);
    }
    int version = (blob[MAGIC.length] & 0xFF) >> 4;
    if (version != VERSION) {
      String what = version == LAYERED ? ", a picture in layers," : "";
      what = version == TILED ? ", a large picture in tiles," : what;
      throw new BitstreamException(
          "format version "
              + version
              + what
              + " is not supported (this reads "
              + VERSION
              + "); decode it with tgc decompress");
    }
    if (blob.length < SMALLEST) {
      throw cutShort(blob);
    }
    int body = blob.length - CRC_BYTES;
    long stored = 0;
    for (int i = 0; i < CRC_BYTES; i++) {
      stored |= (blob[body + i] & 0xFFL) << (8 * i);
    }
    if (crc32(blob, body) != stored) {
      throw new BitstreamException(
          "the file is damaged or cut short (wrong checksum); copy it again");
    }
    return blob[MAGIC.length] & 15;
  }

  private static long crc32(byte[] data, int length) {
    CRC32 crc = new CRC32();
    crc.update(data, 0, length);
    return crc.getValue();
  }

  private static BitstreamException cutShort(byte[] blob) {
    return new BitstreamException(
        "the file is cut short (" + blob.length + " bytes); copy it again");
  }
}
