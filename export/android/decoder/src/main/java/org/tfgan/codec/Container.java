package org.tfgan.codec;

import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * The {@code .tgc} file: header, optional chunks, streams, checksum ("Container" of the format). A
 * new version of files is dispatched here and in {@link Header}, nowhere else.
 */
public final class Container {
  /** Largest picture the format holds, in pixels. */
  public static final long MAX_PIXELS = Header.MAX_PIXELS;

  private static final int LAYER_CHECK_BYTES = 2;
  private static final String DAMAGED =
      "the file is damaged or cut short (wrong checksum); copy it again";

  private Container() {}

  /**
   * Reads a file, for its whole picture.
   *
   * @throws BitstreamException for anything that no encoder can have written
   */
  public static TgcFile parse(byte[] blob) throws BitstreamException {
    try {
      return parse(blob, 1);
    } catch (UsageException impossible) {
      throw new AssertionError(impossible); // every file has a scale of 1
    }
  }

  /**
   * Reads a file, for its picture at a scale: of a file in layers, the streams that a picture
   * {@code scale} times smaller needs. What follows them is not looked at.
   *
   * @throws BitstreamException for anything that no encoder can have written
   * @throws UsageException if the file has no picture at this scale
   */
  public static TgcFile parse(byte[] blob, int scale) throws BitstreamException, UsageException {
    if (Header.versionOf(blob) == Header.VERSION && !checksumHolds(blob)) {
      throw new BitstreamException(DAMAGED);
    }
    Header header = Header.read(blob);
    int layers = header.lengths.length + 1;
    int needed = layers - Integer.numberOfTrailingZeros(scale);
    if (Integer.bitCount(scale) != 1 || needed < 1) {
      throw new UsageException(
          "the file has no picture at scale " + scale + "; its scales are 1 to "
              + (1 << (layers - 1)) + ", doubling");
    }
    TgcFile.Builder file = new TgcFile.Builder(header.modelId, header.width, header.height);
    file.layers(layers).quality(header.quality).grey(header.grey);
    if (header.tiles != null) {
      file.tiles(header.tiles.read(blob, header.transparent));
    } else {
      file.streams(streams(blob, header, needed));
    }
    if (header.profile != Header.NO_PROFILE) {
      file.profile(KnownProfile.of(header.profile));
    } else if (header.icc != null) {
      file.icc(Metadata.unpack(header.icc, "ICC profile"));
    }
    if (header.exif != null) {
      file.exif(Metadata.unpack(header.exif, "EXIF block"));
    }
    return file.alpha(header.alpha).build();
  }

  /**
   * Writes a file of one stream.
   *
   * @throws ImageException if the picture or its metadata is larger than the format allows
   * @throws UsageException if the file has layers or tiles
   */
  public static byte[] pack(TgcFile file) throws ImageException, UsageException {
    if (!Header.holds(file.width, file.height)) {
      throw new ImageException(
          String.format(
              "a picture of %dx%d pixels is not supported; the format holds %s",
              file.width, file.height, Header.BOUNDS));
    }
    if (file.layers != 1 || file.tiles != null) {
      throw new UsageException("this writes files of one stream, not layers and tiles");
    }
    int flags =
        (file.icc != null || file.profile != null ? Header.FLAG_ICC : 0)
            | (file.exif != null ? Header.FLAG_EXIF : 0)
            | (file.alpha != null ? Header.FLAG_ALPHA : 0)
            | (file.grey ? Header.FLAG_GREY : 0);
    ByteWriter out = new ByteWriter();
    out.write(Header.MAGIC);
    out.writeByte(Header.VERSION << 4 | flags);
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
    out.write(file.streams[0]);
    byte[] body = out.toByteArray();
    long crc = crc32(body, body.length);
    byte[] whole = Arrays.copyOf(body, body.length + Header.CRC_BYTES);
    for (int i = 0; i < Header.CRC_BYTES; i++) {
      whole[body.length + i] = (byte) (crc >>> (8 * i));
    }
    return whole;
  }

  /** The first streams of a file, each behind its check, or behind the checksum if it is last. */
  private static byte[][] streams(byte[] blob, Header header, int count)
      throws BitstreamException {
    byte[][] streams = new byte[count][];
    int position = header.start;
    for (int i = 0; i < count; i++) {
      boolean last = i == header.lengths.length;
      long left = (long) blob.length - position - (last ? Header.CRC_BYTES : LAYER_CHECK_BYTES);
      long length = last ? left : header.lengths[i];
      int stop = left < 0 || length > left ? -1 : position + (int) length;
      if (stop < 0 || !(last ? checksumHolds(blob) : checkHolds(blob, stop))) {
        int whole = 1 << (header.lengths.length + 1 - i);
        String rest = "; or take the smaller picture that is whole, at scale " + whole;
        throw new BitstreamException(DAMAGED + (i == 0 ? "" : rest));
      }
      streams[i] = Arrays.copyOfRange(blob, position, stop);
      position = stop + LAYER_CHECK_BYTES;
    }
    return streams;
  }

  /** Whether the check of a layer that ends at {@code stop} covers all before it. */
  private static boolean checkHolds(byte[] blob, int stop) {
    int stored = blob[stop] & 0xFF | (blob[stop + 1] & 0xFF) << 8;
    return Crc16.of(blob, stop) == stored;
  }

  private static boolean checksumHolds(byte[] blob) {
    int body = blob.length - Header.CRC_BYTES;
    long stored = 0;
    for (int i = 0; i < Header.CRC_BYTES; i++) {
      stored |= (blob[body + i] & 0xFFL) << (8 * i);
    }
    return crc32(blob, body) == stored;
  }

  private static long crc32(byte[] data, int length) {
    CRC32 crc = new CRC32();
    crc.update(data, 0, length);
    return crc.getValue();
  }
}
