package org.tfgan.codec;

import java.util.Arrays;

/**
 * What a file says before its streams ("Container" of the format). Nothing is unpacked here, and
 * nothing allocated by a number from the file.
 */
final class Header {
  static final byte[] MAGIC = {'T', 'G', 'C'};

  /** The three layouts: one stream, one for each layer, or one for each tile. */
  static final int VERSION = 1;

  static final int LAYERED = 2;
  static final int TILED = 3;
  static final int MAX_LAYERS = 4;

  /** Largest picture the format holds, in pixels. */
  static final long MAX_PIXELS = 1L << 28;

  /** Sides below this count as this long: pictures are padded to it. */
  private static final int NARROWEST = 64;

  static final String BOUNDS =
      "1 to " + MAX_PIXELS + " pixels, sides below " + NARROWEST + " counted as " + NARROWEST;

  static final int FLAG_ICC = 1;
  static final int FLAG_EXIF = 2;
  static final int FLAG_ALPHA = 4;
  static final int FLAG_GREY = 8;
  static final int CRC_BYTES = 4;
  static final int NO_PROFILE = -1;
  private static final int MODEL_ID_BYTES = 3;
  private static final int FIXED_BYTES = MAGIC.length + 1 + MODEL_ID_BYTES;

  /** One byte each for width, height and quality, and an empty stream. */
  private static final int SMALLEST = FIXED_BYTES + 3 + CRC_BYTES;

  final byte[] modelId;

  /** Of the whole picture. */
  final int width;

  final int height;
  final int quality;
  final boolean grey;
  final boolean transparent;

  /** The number of a known profile, or {@link #NO_PROFILE}. */
  final int profile;

  /** Packed, or null. */
  final byte[] icc;

  /** Packed, or null. */
  final byte[] exif;

  /** A PNG file, or null; tiles have their own. */
  final byte[] alpha;

  /** Of all streams but the last, which fills the rest of the file. */
  final long[] lengths;

  /** Of a file in tiles, or null. */
  final TileIndex tiles;

  /** Where the first stream begins. */
  final int start;

  private Header(byte[] blob, int version, ByteReader reader) throws BitstreamException {
    modelId = Arrays.copyOfRange(blob, MAGIC.length + 1, FIXED_BYTES);
    long wide = reader.varint("width");
    long high = reader.varint("height");
    if (!holds(wide, high)) {
      throw new BitstreamException(
          String.format("a picture size of %dx%d is out of bounds (%s)", wide, high, BOUNDS));
    }
    width = (int) wide;
    height = (int) high;
    quality = reader.takeByte("quality");
    int flags = blob[MAGIC.length] & 15;
    grey = (flags & FLAG_GREY) != 0;
    transparent = (flags & FLAG_ALPHA) != 0;
    long length = (flags & FLAG_ICC) != 0 ? reader.varint("length of the ICC profile") : NO_PROFILE;
    profile = length < KnownProfile.NUMBERS ? (int) length : NO_PROFILE;
    icc = length < KnownProfile.NUMBERS ? null : Metadata.take(reader, length, "ICC profile");
    exif =
        (flags & FLAG_EXIF) == 0
            ? null
            : Metadata.take(reader, reader.varint("length of the EXIF block"), "EXIF block");
    alpha = transparent && version != TILED ? reader.chunk("alpha plane") : null;
    lengths = version == LAYERED ? layerLengths(reader) : new long[0];
    tiles = version == TILED ? TileIndex.take(reader, blob, width, height) : null;
    start = reader.position();
  }

  /**
   * Reads the header of a file; checks nothing but the fields, and of a file in tiles the check of
   * the header.
   */
  static Header read(byte[] blob) throws BitstreamException {
    int version = versionOf(blob);
    int end = version == VERSION ? blob.length - CRC_BYTES : blob.length;
    return new Header(blob, version, new ByteReader(blob, FIXED_BYTES, end));
  }

  /** Checks magic, version and length, in that order; returns the version. */
  static int versionOf(byte[] blob) throws BitstreamException {
    if (!Arrays.equals(MAGIC, Arrays.copyOf(blob, MAGIC.length))) {
      String what = blob.length == 0 ? "the file is empty" : "not a .tgc file (wrong magic)";
      throw new BitstreamException(what + "; give one that this codec made");
    }
    int version = blob.length > MAGIC.length ? (blob[MAGIC.length] & 0xFF) >> 4 : VERSION;
    if (version < VERSION || version > TILED) {
      throw new BitstreamException(
          "format version " + version + " is not supported (this reads " + VERSION + " to " + TILED
              + "); use a newer version");
    }
    if (blob.length < SMALLEST) {
      throw new BitstreamException(
          "the file is damaged or cut short (" + blob.length + " bytes); copy it again");
    }
    return version;
  }

  /** Whether the format has pictures of this size. */
  static boolean holds(long width, long height) {
    // Each below 2^63: the product may overflow, the quotient does not.
    return width >= 1
        && height >= 1
        && Math.max(width, NARROWEST) <= MAX_PIXELS / Math.max(height, NARROWEST);
  }

  /** The first number holds the first length and, in its last two bits, how many there are. */
  private static long[] layerLengths(ByteReader reader) throws BitstreamException {
    long first = reader.varint("length of a layer");
    long[] lengths = new long[(int) (first % MAX_LAYERS)];
    if (lengths.length == 0) {
      throw new BitstreamException("the file says that it has layers, and then that it has one");
    }
    lengths[0] = first / MAX_LAYERS;
    for (int i = 1; i < lengths.length; i++) {
      lengths[i] = reader.varint("length of a layer");
    }
    return lengths;
  }
}
