package org.tfgan.codec;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * A set of coding tables: quantised cumulative distributions with 16-bit precision ("Tables" of the
 * format), one per row, laid out for a fast decoder.
 */
public final class CodingTables {
  static final int PRECISION = 16;
  static final int TOTAL = 1 << PRECISION;
  /** Keeps every decodable value inside 32 bits. */
  private static final int MAX_OFFSET = 1 << 20;

  /** Entries of {@link #first} per row: one for each value of a point's upper byte. */
  private static final int BUCKETS = 256;

  private static final int BUCKET_BITS = 8;

  /** The index check's: 256 equally likely symbols. */
  static final CodingTables BYTES = bytes();

  /** Number of tables. */
  public final int rows;

  /** Whether the last symbol of each row announces a value outside the row. */
  final boolean escape;

  /** Entries per row of {@link #cdf}. */
  private final int width;

  /** Row after row, each rising from 0 to 65536, then zeros. */
  private final int[] cdf;

  private final int[] offset;

  /** Number of ordinary symbols, which is also the number of the escape symbol. */
  private final int[] last;

  /** For each row and upper byte of a point, the symbol that owns the lowest such point. */
  private final char[] first;

  /** The most probable ordinary symbol of each row; an empty interval if there is none. */
  private final int[] mode;

  private final int[] modeLower;
  private final int[] modeUpper;

  /**
   * @param cdf row after row of {@code width} entries
   * @param length number of symbols of each row, the escape symbol included
   * @param offset the value that symbol 0 stands for, in each row
   * @throws BundleException unless the tables obey the rules of the format
   */
  public CodingTables(int width, int[] cdf, int[] length, int[] offset, boolean escape)
      throws BundleException {
    check(width, cdf, length, offset);
    this.rows = length.length;
    this.width = width;
    this.cdf = cdf.clone();
    this.offset = offset.clone();
    this.escape = escape;
    last = new int[rows];
    first = new char[rows * BUCKETS];
    mode = new int[rows];
    modeLower = new int[rows];
    modeUpper = new int[rows];
    for (int row = 0; row < rows; row++) {
      last[row] = length[row] - (escape ? 1 : 0);
      fillBuckets(row);
      findMode(row);
    }
  }

  int lower(int row, int symbol) {
    return cdf[row * width + symbol];
  }

  int upper(int row, int symbol) {
    return cdf[row * width + symbol + 1];
  }

  int offset(int row) {
    return offset[row];
  }

  /** The number of ordinary symbols of a row; the escape symbol, where there is one. */
  int last(int row) {
    return last[row];
  }

  int mode(int row) {
    return mode[row];
  }

  int modeLower(int row) {
    return modeLower[row];
  }

  int modeUpper(int row) {
    return modeUpper[row];
  }

  /** The symbol of a row that owns {@code point}, in 0..65535. */
  int find(int row, int point) {
    // Every symbol is at least one point wide: never more than 256 steps, and hardly ever two.
    int at = row * width + first[row * BUCKETS + (point >> BUCKET_BITS)];
    while (cdf[at + 1] <= point) {
      at++;
    }
    return at - row * width;
  }

  /** Ideal code length of a value in bits, escapes included. */
  double bits(int row, int value) {
    int symbol = value - offset[row];
    int extra = 0;
    if (symbol < 0 || symbol >= last[row]) {
      int gamma = symbol < 0 ? -symbol : symbol - last[row] + 1;
      extra = 2 * (Integer.SIZE - Integer.numberOfLeadingZeros(gamma));
      symbol = last[row];
    }
    return PRECISION - Math.log(upper(row, symbol) - lower(row, symbol)) / Math.log(2) + extra;
  }

  /** How many 256ths of a bit every value of a row takes at least in a stream ("Least length"). */
  int leastBits(int row) {
    int widest = 0;
    for (int symbol = 0; symbol < last[row] + (escape ? 1 : 0); symbol++) {
      widest = Math.max(widest, upper(row, symbol) - lower(row, symbol));
    }
    BigInteger power = BigInteger.valueOf(widest + 1).pow(256);
    return Math.max(0, 256 * PRECISION - power.subtract(BigInteger.ONE).bitLength());
  }

  private void fillBuckets(int row) {
    int symbol = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      while (upper(row, symbol) <= bucket << BUCKET_BITS) {
        symbol++;
      }
      first[row * BUCKETS + bucket] = (char) symbol;
    }
  }

  private void findMode(int row) {
    for (int symbol = 0; symbol < last[row]; symbol++) {
      if (upper(row, symbol) - lower(row, symbol) > modeUpper[row] - modeLower[row]) {
        mode[row] = symbol;
        modeLower[row] = lower(row, symbol);
        modeUpper[row] = upper(row, symbol);
      }
    }
  }

  private static void check(int width, int[] cdf, int[] length, int[] offset)
      throws BundleException {
    int rows = length.length;
    if (rows < 1 || width < 2 || (long) rows * width != cdf.length || offset.length != rows) {
      throw new BundleException("table arrays have inconsistent shapes: export the bundle again");
    }
    for (int row = 0; row < rows; row++) {
      if (length[row] < 1 || length[row] >= width) {
        throw new BundleException("a table length does not fit its row: export the bundle again");
      }
      if (offset[row] < -MAX_OFFSET || offset[row] > MAX_OFFSET) {
        throw new BundleException("table offsets must be within +-" + MAX_OFFSET);
      }
      int[] entries = Arrays.copyOfRange(cdf, row * width, (row + 1) * width);
      boolean valid = entries[0] == 0 && entries[length[row]] == TOTAL;
      for (int i = 1; i < width; i++) {
        valid &= i <= length[row] ? entries[i] > entries[i - 1] : entries[i] == 0;
      }
      if (!valid) {
        throw new BundleException("a table is not a rising 16-bit distribution: export again");
      }
    }
  }

  private static CodingTables bytes() {
    int symbols = 256;
    int[] cdf = new int[symbols + 1];
    for (int i = 0; i <= symbols; i++) {
      cdf[i] = i * (TOTAL / symbols);
    }
    try {
      return new CodingTables(symbols + 1, cdf, new int[] {symbols}, new int[] {0}, false);
    } catch (BundleException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
