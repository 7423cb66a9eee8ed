package org.tfgan.codec;

import java.util.zip.CRC32;

/**
 * Where the tiles of a file lie, each of which can be read without the others ("Tiles" of the
 * format).
 */
final class TileIndex {
  /** Sides of a tile, in hyper-latents. */
  private static final int MIN_SIDE = 4;

  private static final int MAX_SIDE = 64;

  /** Pixels along a hyper-latent. */
  private static final int CELL = 64;

  private static final int CRC_BYTES = 4;

  /** Bytes of the shortest entry of an index. */
  private static final int LEAST_ENTRY = 1 + CRC_BYTES;

  private final int height;
  private final int width;

  /** Of a tile, in pixels. */
  private final int side;

  /** Where the first record begins; they lie one behind the other. */
  private final int start;

  private final long[] lengths;
  private final long[] checksums;

  private TileIndex(
      int height, int width, int side, int start, long[] lengths, long[] checksums) {
    this.height = height;
    this.width = width;
    this.side = side;
    this.start = start;
    this.lengths = lengths;
    this.checksums = checksums;
  }

  /**
   * Reads what follows the chunks, and compares the check of all that comes before the tiles.
   *
   * @param reader that stands at the tile side
   * @param width of the picture
   */
  static TileIndex take(ByteReader reader, byte[] blob, int width, int height)
      throws BitstreamException {
    int cells = reader.takeByte("tile side");
    if (cells < MIN_SIDE || cells > MAX_SIDE) {
      throw new BitstreamException(
          "a tile side of " + cells + " is not within " + MIN_SIDE + ".." + MAX_SIDE);
    }
    int side = cells * CELL;
    long count = (long) ceilDiv(height, side) * ceilDiv(width, side);
    if (count * LEAST_ENTRY + CRC_BYTES > reader.remaining()) {
      throw new BitstreamException(
          "the index of tiles does not fit in the file; it was not written whole");
    }
    long[] lengths = new long[(int) count];
    long[] checksums = new long[lengths.length];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = reader.varint("length of a tile");
      checksums[i] = reader.uint32("index of tiles");
    }
    int end = reader.position();
    if (reader.uint32("check of the header") != crc32(blob, 0, end)) {
      throw new BitstreamException(
          "the file's header is damaged (wrong checksum); copy it again");
    }
    long left = reader.remaining();
    for (long length : lengths) { // below 2^63 each: none may be added before it is known to fit
      left = length <= left ? left - length : -1;
    }
    if (left != 0) {
      throw new BitstreamException(
          "the file is cut short or damaged: its tiles do not fill it; copy it again");
    }
    return new TileIndex(height, width, side, reader.position(), lengths, checksums);
  }

  /**
   * Reads all tiles of the file, row by row, and compares their checksums.
   *
   * @param transparent whether tiles hold an alpha plane
   */
  Tile[] read(byte[] blob, boolean transparent) throws BitstreamException {
    Tile[] tiles = new Tile[lengths.length];
    int columns = ceilDiv(width, side);
    int from = start;
    for (int i = 0; i < tiles.length; i++) {
      int stop = from + (int) lengths[i];
      if (crc32(blob, from, stop) != checksums[i]) {
        throw new BitstreamException(
            "a tile of the file is damaged (wrong checksum); copy it again");
      }
      ByteReader reader = new ByteReader(blob, from, stop);
      byte[] alpha = transparent ? reader.chunk("alpha plane of a tile") : null;
      int top = i / columns * side;
      int left = i % columns * side;
      int high = Math.min(side, height - top);
      int wide = Math.min(side, width - left);
      byte[] stream = reader.take(reader.remaining(), "tile");
      tiles[i] = new Tile(top, left, high, wide, stream, alpha);
      from = stop;
    }
    return tiles;
  }

  private static long crc32(byte[] data, int from, int to) {
    CRC32 crc = new CRC32();
    crc.update(data, from, to - from);
    return crc.getValue();
  }

  private static int ceilDiv(int a, int b) {
    return (a + b - 1) / b;
  }
}
