package org.tfgan.codec;

/**
 * CRC-16/CCITT-FALSE, the check of the index map. Eight bytes a step: a picture of one megapixel has
 * half a million indexes.
 */
final class Crc16 {
  private static final int POLYNOMIAL = 0x1021;
  private static final int STEP = 8;

  /** {@code TABLES[n][b]}: the CRC of byte b followed by n zero bytes, from 0. */
  private static final char[][] TABLES = tables();

  private Crc16() {}

  static int of(byte[] data) {
    return of(data, data.length);
  }

  /** The check of the first {@code length} bytes. */
  static int of(byte[] data, int length) {
    int crc = 0xFFFF;
    int i = 0;
    for (; i + STEP <= length; i += STEP) {
      crc =
          TABLES[7][(crc >> 8 ^ data[i]) & 0xFF]
              ^ TABLES[6][(crc ^ data[i + 1]) & 0xFF]
              ^ TABLES[5][data[i + 2] & 0xFF]
              ^ TABLES[4][data[i + 3] & 0xFF]
              ^ TABLES[3][data[i + 4] & 0xFF]
              ^ TABLES[2][data[i + 5] & 0xFF]
              ^ TABLES[1][data[i + 6] & 0xFF]
              ^ TABLES[0][data[i + 7] & 0xFF];
    }
    for (; i < length; i++) {
      crc = (crc << 8 & 0xFFFF) ^ TABLES[0][(crc >> 8 ^ data[i]) & 0xFF];
    }
    return crc;
  }

  private static char[][] tables() {
    char[][] tables = new char[STEP][256];
    for (int value = 0; value < 256; value++) {
      int crc = value << 8;
      for (int n = 0; n < STEP; n++) {
        for (int bit = 0; bit < 8; bit++) {
          crc = (crc & 0x8000) != 0 ? crc << 1 ^ POLYNOMIAL : crc << 1;
        }
        tables[n][value] = (char) crc;
        crc &= 0xFFFF;
      }
    }
    return tables;
  }
}
