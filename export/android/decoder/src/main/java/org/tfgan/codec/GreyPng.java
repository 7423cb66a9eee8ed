package org.tfgan.codec;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;

/**
 * PNG files of 8-bit greyscale, not interlaced: the alpha plane of a picture. Written here because
 * Java's and Android's own readers differ, and this library runs on both.
 */
public final class GreyPng {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int CHUNK_OVERHEAD = 12;
  private static final int FILTERS = 5;

  private GreyPng() {}

  /**
   * Reads a plane, row by row.
   *
   * @throws BitstreamException unless the file is whole and of this size and kind
   */
  public static byte[] decode(byte[] png, int width, int height) throws BitstreamException {
    if (!Arrays.equals(Arrays.copyOf(png, SIGNATURE.length), SIGNATURE)) {
      throw damaged("it is no PNG");
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    boolean header = false;
    for (int at = SIGNATURE.length; ; ) {
      long length = at + CHUNK_OVERHEAD <= png.length ? number(png, at) : Long.MAX_VALUE;
      if (length > png.length - at - CHUNK_OVERHEAD) {
        throw damaged("it is cut short");
      }
      int body = at + 8;
      int end = body + (int) length;
      String type = new String(png, at + 4, 4, StandardCharsets.ISO_8859_1);
      if (number(png, end) != crc(png, at + 4, end)) {
        throw damaged("a checksum is wrong");
      }
      if (type.equals("IHDR")) {
        checkHeader(Arrays.copyOfRange(png, body, end), width, height);
        header = true;
      } else if (type.equals("IDAT")) {
        packed.write(png, body, (int) length);
      } else if (type.equals("IEND")) {
        break;
      }
      at = end + 4;
    }
    if (!header) {
      throw damaged("its header is missing");
    }
    return unfilter(inflate(packed.toByteArray(), width, height), width, height);
  }

  /** Writes a plane given row by row. */
  public static byte[] encode(byte[] plane, int width, int height) {
    byte[] rows = new byte[(width + 1) * height];
    for (int y = 0; y < height; y++) {
      System.arraycopy(plane, y * width, rows, y * (width + 1) + 1, width); // filter 0: none
    }
    byte[] header = new byte[13];
    putNumber(header, 0, width);
    putNumber(header, 4, height);
    header[8] = 8;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(SIGNATURE, 0, SIGNATURE.length);
    writeChunk(out, "IHDR", header);
    writeChunk(out, "IDAT", Zlib.deflate(rows));
    writeChunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private static void checkHeader(byte[] header, int width, int height) throws BitstreamException {
    byte[] expected = {8, 0, 0, 0, 0}; // depth, grey, deflate, filters, not interlaced
    if (header.length != 13
        || number(header, 0) != width
        || number(header, 4) != height
        || !Arrays.equals(Arrays.copyOfRange(header, 8, 13), expected)) {
      throw damaged("it is not 8-bit grey of " + width + "x" + height);
    }
  }

  private static byte[] inflate(byte[] packed, int width, int height) throws BitstreamException {
    long size = (width + 1L) * height;
    try {
      byte[] rows = Zlib.inflate(packed, (int) Math.min(size, Integer.MAX_VALUE));
      if (rows != null && rows.length == size) {
        return rows;
      }
    } catch (DataFormatException error) {
      throw new BitstreamException("the alpha plane is not a valid PNG", error);
    }
    throw damaged("it has too many or too few pixels");
  }

  /** Undoes the prediction of each row, whose kind is its first byte. */
  private static byte[] unfilter(byte[] rows, int width, int height) throws BitstreamException {
    byte[] plane = new byte[width * height];
    for (int y = 0; y < height; y++) {
      int from = y * (width + 1);
      int filter = rows[from] & 0xFF;
      if (filter >= FILTERS) {
        throw damaged("it has an unknown filter");
      }
      int to = y * width;
      for (int x = 0; x < width; x++) {
        int left = x > 0 ? plane[to + x - 1] & 0xFF : 0;
        int up = y > 0 ? plane[to + x - width] & 0xFF : 0;
        int corner = x > 0 && y > 0 ? plane[to + x - width - 1] & 0xFF : 0;
        plane[to + x] = (byte) (rows[from + 1 + x] + predicted(filter, left, up, corner));
      }
    }
    return plane;
  }

  private static int predicted(int filter, int left, int up, int corner) {
    switch (filter) {
      case 0:
        return 0;
      case 1:
        return left;
      case 2:
        return up;
      case 3:
        return (left + up) / 2;
      default:
        return paeth(left, up, corner);
    }
  }

  /** The neighbour nearest to left + up - corner; left wins ties, then up. */
  private static int paeth(int left, int up, int corner) {
    int toLeft = Math.abs(up - corner);
    int toUp = Math.abs(left - corner);
    int toCorner = Math.abs(left + up - 2 * corner);
    if (toLeft <= toUp && toLeft <= toCorner) {
      return left;
    }
    return toUp <= toCorner ? up : corner;
  }

  private static void writeChunk(ByteArrayOutputStream out, String type, byte[] body) {
    byte[] chunk = new byte[body.length + CHUNK_OVERHEAD];
    putNumber(chunk, 0, body.length);
    for (int i = 0; i < 4; i++) {
      chunk[4 + i] = (byte) type.charAt(i);
    }
    System.arraycopy(body, 0, chunk, 8, body.length);
    putNumber(chunk, 8 + body.length, crc(chunk, 4, 8 + body.length));
    out.write(chunk, 0, chunk.length);
  }

  private static long crc(byte[] data, int from, int to) {
    CRC32 crc = new CRC32();
    crc.update(data, from, to - from);
    return crc.getValue();
  }

  /** Four bytes, big-endian as everything in PNG. */
  private static long number(byte[] data, int at) {
    return (data[at] & 0xFFL) << 24
        | (data[at + 1] & 0xFF) << 16
        | (data[at + 2] & 0xFF) << 8
        | (data[at + 3] & 0xFF);
  }

  private static void putNumber(byte[] data, int at, long value) {
    for (int i = 0; i < 4; i++) {
      data[at + i] = (byte) (value >> (24 - 8 * i));
    }
  }

  private static BitstreamException damaged(String how) {
    return new BitstreamException("the alpha plane is not a valid PNG: " + how);
  }
}
