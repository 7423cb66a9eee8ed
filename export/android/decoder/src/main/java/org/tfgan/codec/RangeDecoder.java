package org.tfgan.codec;

/**
 * Reads what a {@link RangeEncoder} wrote ("Range coder" of the format), with the same calls in the
 * same order.
 *
 * <p>Any bytes give values, or a {@link BitstreamException}, in time proportional to the number of
 * values asked for. Bytes past the end read as zero, and {@link #finish} misses most truncations:
 * the container's checksum and the index check find damage. Nothing is allocated while decoding.
 */
public final class RangeDecoder {
  private static final int TOTAL = CodingTables.TOTAL;
  private static final int PRECISION = CodingTables.PRECISION;
  private static final long FULL = 1L << 32;
  /** A gamma code of more binary digits would not fit what encoders may write. */
  private static final int MAX_ZEROS = 29;

  private final byte[] data;

  /** Width of the current interval, 2^16 .. 2^32 between symbols. */
  private long size = FULL;

  /** Distance of the coded point from the start of the interval, less than {@link #size}. */
  private long code;

  /** Bytes taken so far, counting those past the end. */
  private long position;

  public RangeDecoder(byte[] data) {
    this.data = data;
    code = nextWord() << 16;
    code |= nextWord();
  }

  /**
   * Reads one value coded with row {@code row} of {@code tables}.
   *
   * @throws BitstreamException for an escaped value that no encoder writes
   */
  public int decode(CodingTables tables, int row) throws BitstreamException {
    // Most values are the mode of their table: that costs two products and no search.
    long start = size * tables.modeLower(row) >>> PRECISION;
    long stop = size * tables.modeUpper(row) >>> PRECISION;
    if (code >= start && code < stop) {
      narrow(start, stop);
      return tables.mode(row) + tables.offset(row);
    }
    return search(tables, row);
  }

  /**
   * Checks the end of the stream, after its last value.
   *
   * @throws BitstreamException if no encoder ends here: bytes are left over, or end wrongly
   */
  public void finish() throws BitstreamException {
    if (position < data.length) {
      throw new BitstreamException(
          "the coded data goes on after its last symbol: the file is damaged");
    }
    position -= 4;
    long window = nextWord() << 16;
    window |= nextWord();
    long low = (window - code) & (FULL - 1);
    if (window != end(low)) {
      throw new BitstreamException("the coded data ends wrongly: the file is damaged");
    }
  }

  /** What an encoder whose interval is [low, low + size) leaves in the last four bytes. */
  private long end(long low) {
    if (low == 0 || low + size > FULL) {
      return 0;
    }
    int shift = RangeEncoder.finalShift(low, size);
    return (low + (1L << shift) - 1) >> shift << shift;
  }

  private int search(CodingTables tables, int row) throws BitstreamException {
    int point = (int) ((((code + 1) << PRECISION) - 1) / size);
    int symbol = tables.find(row, point);
    narrow(
        size * tables.lower(row, symbol) >>> PRECISION,
        size * tables.upper(row, symbol) >>> PRECISION);
    if (tables.escape && symbol == tables.last(row)) {
      return tables.offset(row) + outside(symbol);
    }
    return tables.offset(row) + symbol;
  }

  /** Reads the Elias gamma code and the sign after an escape symbol. */
  private int outside(int last) throws BitstreamException {
    int zeros = 0;
    while (bit() == 0) {
      if (++zeros > MAX_ZEROS) {
        throw new BitstreamException("an escaped value is too large: the file is damaged");
      }
    }
    int gamma = 1;
    for (int i = 0; i < zeros; i++) {
      gamma = gamma << 1 | bit();
    }
    return bit() == 0 ? last + gamma - 1 : -gamma;
  }

  private int bit() {
    long half = size >>> 1;
    if (code < half) {
      narrow(0, half);
      return 0;
    }
    narrow(half, size);
    return 1;
  }

  private void narrow(long start, long stop) {
    code -= start;
    size = stop - start;
    if (size <= TOTAL) {
      code = code << 16 | nextWord();
      size <<= 16;
    }
  }

  /** The next two bytes, big-endian; zeros past the end. */
  private long nextWord() {
    long at = position;
    position = at + 2;
    if (at + 1 < data.length) {
      return (data[(int) at] & 0xFFL) << 8 | (data[(int) at + 1] & 0xFFL);
    }
    return at < data.length ? (data[(int) at] & 0xFFL) << 8 : 0;
  }
}
