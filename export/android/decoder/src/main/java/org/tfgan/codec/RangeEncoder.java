package org.tfgan.codec;

import java.util.Arrays;

/**
 * G. N. N. Martin's range coder with 16-bit probabilities, a 32-bit interval and output in 16-bit
 * words ("Range coder" of the format): the bytes are those of TensorFlow Compression and of the
 * Python codec. Carries are added once, at the end.
 */
public final class RangeEncoder {
  private static final int TOTAL = CodingTables.TOTAL;
  private static final int PRECISION = CodingTables.PRECISION;
  private static final long FULL = 1L << 32;
  /** The reference computes the Elias gamma code in 32 bits; larger values hang it. */
  private static final long MAX_GAMMA = (1L << 30) - 1;

  private long low;
  private long size = FULL;
  /** 17 bits each: the top bit is a carry not yet added. */
  private int[] words = new int[256];
  private int count;

  /**
   * Appends a value, coded with row {@code row} of {@code tables}.
   *
   * @throws UsageException if the tables cannot code the value
   */
  public void encode(CodingTables tables, int row, int value) throws UsageException {
    long symbol = (long) value - tables.offset(row);
    int last = tables.last(row);
    if (symbol >= 0 && symbol < last) {
      narrow(tables.lower(row, (int) symbol), tables.upper(row, (int) symbol));
      return;
    }
    if (!tables.escape) {
      throw new UsageException("a value is outside its table, which has no escape symbol");
    }
    long gamma = symbol < 0 ? -symbol : symbol - last + 1;
    if (gamma > MAX_GAMMA) {
      throw new UsageException("a value is more than " + MAX_GAMMA + " outside its table: clip it");
    }
    narrow(tables.lower(row, last), tables.upper(row, last));
    eliasGamma((int) gamma);
    bit(symbol < 0 ? 1 : 0);
  }

  /** The stream: the words so far, then the shortest bytes that stay inside the interval. */
  public byte[] finish() {
    long rest = low & (FULL - 1);
    // If the interval straddles the next carry, end on it: its zeros need not be written.
    boolean straddles = rest + size > FULL;
    byte[] head = carried((int) (low >>> 32) + (straddles ? 1 : 0));
    if (straddles) {
      return withoutTrailingZeros(head);
    }
    if (rest == 0) {
      return head;
    }
    int shift = finalShift(rest, size);
    long tail = (rest + (1L << shift) - 1) >> shift;
    int tailBytes = (32 - shift) / 8;
    byte[] stream = Arrays.copyOf(head, head.length + tailBytes);
    for (int i = 0; i < tailBytes; i++) {
      stream[stream.length - 1 - i] = (byte) (tail >>> (8 * i));
    }
    return stream;
  }

  /** 24 if a multiple of 2^24 lies in {@code low .. low + size - 1}, else 16 (one always does). */
  static int finalShift(long low, long size) {
    return (low - 1) >> 24 < (low + size - 1) >> 24 ? 24 : 16;
  }

  private void eliasGamma(int gamma) {
    int digits = Integer.SIZE - Integer.numberOfLeadingZeros(gamma);
    for (int i = 1; i < digits; i++) {
      bit(0);
    }
    for (int i = digits - 1; i >= 0; i--) {
      bit(gamma >> i & 1);
    }
  }

  private void bit(int value) {
    narrow(value * (TOTAL / 2), (value + 1) * (TOTAL / 2));
  }

  private void narrow(int lower, int upper) {
    long start = size * lower >>> PRECISION;
    size = (size * upper >>> PRECISION) - start;
    low += start;
    if (size <= TOTAL) {
      if (count == words.length) {
        words = Arrays.copyOf(words, 2 * count);
      }
      words[count++] = (int) (low >>> 16);
      low = (low & 0xFFFF) << 16;
      size <<= 16;
    }
  }

  /** The words as bytes, with {@code carry} and all the words' own carries added. */
  private byte[] carried(int carry) {
    byte[] bytes = new byte[2 * count];
    int rest = carry;
    for (int i = count - 1; i >= 0; i--) {
      rest += words[i];
      bytes[2 * i] = (byte) (rest >>> 8);
      bytes[2 * i + 1] = (byte) rest;
      rest >>>= 16;
    }
    return bytes;
  }

  private static byte[] withoutTrailingZeros(byte[] bytes) {
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    return Arrays.copyOf(bytes, end);
  }
}
