package org.tfgan.codec;

import java.util.Map;
import java.util.TreeMap;

/**
 * Reads an EXIF block, a TIFF structure: how the picture is to be turned, and what people would
 * miss of it. Damaged blocks say nothing; they should not keep anyone from the picture.
 */
final class ExifBlock {
  /** Upright, and what a picture without this information is taken for. */
  static final int NORMAL = 1;

  private static final int ORIENTATION = 0x0112;

  /** Points to further tags. */
  private static final int CAMERA = 0x8769;

  /** Maker, model, date, artist, copyright. */
  private static final int[] BASIC = {0x010F, 0x0110, 0x0132, 0x013B, 0x8298};

  /** Exposure, aperture, sensitivity, dates and their zones, bias, focal lengths, lens. */
  private static final int[] BASIC_OF_CAMERA = {
    0x829A, 0x829D, 0x8827, 0x9003, 0x9010, 0x9011, 0x9204, 0x920A, 0xA405, 0xA433, 0xA434
  };

  /** Bytes of a number of each TIFF type; 0 for those that are not copied. */
  private static final int[] NUMBER_BYTES = {0, 1, 1, 2, 4, 4, 1, 1, 2, 4, 4, 4, 8};

  private static final int RATIONAL = 5;
  private static final int SIGNED_RATIONAL = 10;
  private static final int LONG = 4;
  private static final int HEADER_BYTES = 8;
  private static final int ENTRY_BYTES = 12;

  private final byte[] data;
  private final boolean littleEndian;

  private ExifBlock(byte[] data) {
    this.data = data;
    littleEndian = data[0] == 'I';
  }

  /** The orientation, 1..8, that a block tells, or {@link #NORMAL}. */
  static int orientation(byte[] block) {
    try {
      ExifBlock exif = new ExifBlock(block);
      int entry = exif.find(exif.number(4, 4), ORIENTATION);
      int value = entry < 0 ? NORMAL : exif.number(entry + 8, 2);
      return value >= NORMAL && value <= 8 ? value : NORMAL;
    } catch (ArrayIndexOutOfBoundsException damaged) {
      return NORMAL;
    }
  }

  /**
   * A block with what people miss: date, camera, exposure, copyright, artist; not the place, nor
   * the orientation, which is applied to pixels. Null if nothing is left.
   */
  static byte[] basic(byte[] block) {
    try {
      ExifBlock exif = new ExifBlock(block);
      int first = exif.number(4, 4);
      Map<Integer, Value> kept = exif.only(first, BASIC);
      int camera = exif.find(first, CAMERA);
      Map<Integer, Value> ofCamera = new TreeMap<>();
      if (camera >= 0) {
        ofCamera = exif.only(exif.number(camera + 8, 4), BASIC_OF_CAMERA);
      }
      return kept.isEmpty() && ofCamera.isEmpty() ? null : written(kept, ofCamera);
    } catch (ArrayIndexOutOfBoundsException damaged) {
      return null;
    }
  }

  /** The values of a tag, big-endian. */
  private static final class Value {
    final int type;
    final int count;
    final byte[] bytes;

    Value(int type, int count, byte[] bytes) {
      this.type = type;
      this.count = count;
      this.bytes = bytes;
    }
  }

  private Map<Integer, Value> only(int directory, int[] tags) {
    Map<Integer, Value> found = new TreeMap<>();
    for (int tag : tags) {
      int entry = find(directory, tag);
      Value value = entry < 0 ? null : value(entry);
      if (value != null) {
        found.put(tag, value);
      }
    }
    return found;
  }

  /** Where the entry of a tag begins; -1 if there is none. */
  private int find(int directory, int tag) {
    int entries = number(directory, 2);
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + ENTRY_BYTES * i;
      if (number(entry, 2) == tag) {
        return entry;
      }
    }
    return -1;
  }

  /** The value of an entry; null for types that are not copied, and where it is damaged. */
  private Value value(int entry) {
    int type = number(entry + 2, 2);
    int each = type < NUMBER_BYTES.length ? NUMBER_BYTES[type] : 0;
    int count = number(entry + 4, 4);
    int numbers = type == RATIONAL || type == SIGNED_RATIONAL ? 2 : 1;
    long length = (long) count * numbers * each;
    int from = length <= 4 ? entry + 8 : number(entry + 8, 4);
    if (each == 0 || count < 1 || from < 0 || from + length > data.length) {
      return null;
    }
    byte[] bytes = new byte[(int) length];
    for (int i = 0; i < bytes.length; i++) {
      int place = i % each;
      bytes[i] = data[from + i - place + (littleEndian ? each - 1 - place : place)];
    }
    return new Value(type, count, bytes);
  }

  private int number(int at, int bytes) {
    int value = 0;
    for (int i = 0; i < bytes; i++) {
      int shift = littleEndian ? 8 * i : 8 * (bytes - 1 - i);
      value |= (data[at + i] & 0xFF) << shift;
    }
    return value;
  }

  /** A block of two directories, the first of which points to the other, big-endian. */
  private static byte[] written(Map<Integer, Value> first, Map<Integer, Value> ofCamera) {
    ByteWriter out = new ByteWriter();
    out.write(new byte[] {'M', 'M', 0, 42, 0, 0, 0, HEADER_BYTES});
    int pointers = ofCamera.isEmpty() ? 0 : 1;
    int end = writeDirectory(out, first, HEADER_BYTES, pointers);
    if (pointers == 1) {
      writeDirectory(out, ofCamera, end, 0);
    }
    return out.toByteArray();
  }

  /**
   * Writes a directory and its values.
   *
   * @param start where it begins in the block
   * @param pointers 1 if its last entry is to point to a directory that follows it
   * @return where its last value ends
   */
  private static int writeDirectory(
      ByteWriter out, Map<Integer, Value> tags, int start, int pointers) {
    int entries = tags.size() + pointers;
    ByteWriter values = new ByteWriter();
    int place = start + 2 + ENTRY_BYTES * entries + 4;
    number(out, entries, 2);
    for (Map.Entry<Integer, Value> tag : tags.entrySet()) {
      Value value = tag.getValue();
      writeEntry(out, tag.getKey(), value.type, value.count);
      if (value.bytes.length <= 4) {
        out.write(value.bytes);
        out.write(new byte[4 - value.bytes.length]);
        continue;
      }
      number(out, place, 4);
      values.write(value.bytes);
      values.write(new byte[value.bytes.length % 2]); // all begin at even places
      place += value.bytes.length + value.bytes.length % 2;
    }
    if (pointers == 1) {
      writeEntry(out, CAMERA, LONG, 1);
      number(out, place, 4);
    }
    number(out, 0, 4); // no further directory
    out.write(values.toByteArray());
    return place;
  }

  private static void writeEntry(ByteWriter out, int tag, int type, int count) {
    number(out, tag, 2);
    number(out, type, 2);
    number(out, count, 4);
  }

  private static void number(ByteWriter out, int value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) {
      out.writeByte(value >> (8 * i) & 0xFF);
    }
  }
}
