import { BundleError } from './errors.js';

export const PRECISION = 16;
export const TOTAL = 1 << PRECISION;
/** Numbers in Elias gamma code are below 2^30. */
export const MAX_GAMMA = 2 ** 30 - 1;
/** Keeps every decodable value inside 32 bits. */
const MAX_OFFSET = 1 << 20;
/** Entries of `first` per row: one for each value of a point's upper byte. */
const BUCKETS = 256;

/**
 * A set of coding tables: cumulative distributions with 16-bit precision ("Tables" of the format),
 * one per row, laid out for a fast decoder.
 */
export class CodingTables {
  /** @type {number | undefined} */
  #leastBits;
  /** @type {Float64Array | undefined} bits of each symbol, where `cdf` has it */
  #costs;

  /**
   * @param {number} width entries per row of `cdf`
   * @param {Int32Array} cdf row after row, each rising from 0 to 65536, then zeros
   * @param {Int32Array} length number of symbols of each row, the escape symbol included
   * @param {Int32Array} offset the value that symbol 0 stands for, in each row
   * @param {boolean} escape whether the last symbol of a row announces a value outside of it
   */
  constructor(width, cdf, length, offset, escape) {
    check(width, cdf, length, offset);
    this.rows = length.length;
    this.width = width;
    this.cdf = cdf;
    this.offset = offset;
    this.escape = escape;
    /** Number of ordinary symbols, which is also the number of the escape symbol. */
    this.last = length.map((n) => n - (escape ? 1 : 0));
    /** For each row and upper byte of a point, the place in `cdf` of the lowest such point. */
    this.first = new Int32Array(this.rows * BUCKETS);
    /** The value of the most probable ordinary symbol of each row, and its interval; an empty one
     * if there is no such symbol. */
    this.mode = new Int32Array(this.rows);
    this.modeLower = new Int32Array(this.rows);
    this.modeUpper = new Int32Array(this.rows);
    for (let row = 0; row < this.rows; row++) {
      this.#fillBuckets(row);
      this.#findMode(row);
    }
  }

  /**
   * Ideal code length of a value in bits, escapes included.
   *
   * @param {number} row
   * @param {number} value
   */
  bits(row, value) {
    let symbol = value - this.offset[row];
    const last = this.last[row];
    let extra = 0;
    if (symbol < 0 || symbol >= last) {
      const gamma = symbol < 0 ? -symbol : symbol - last + 1;
      extra = 2 * (32 - Math.clz32(gamma));
      symbol = last;
    }
    this.#costs ??= Float64Array.from(this.cdf, (lower, at) => {
      return PRECISION - Math.log2(Math.max(this.cdf[at + 1] - lower, 1));
    });
    return this.#costs[row * this.width + symbol] + extra;
  }

  /** The sum of `leastBits` of all rows. */
  leastBitsOfAll() {
    this.#leastBits ??= this.last.reduce((sum, _, row) => sum + this.leastBits(row), 0);
    return this.#leastBits;
  }

  /**
   * How many 256ths of a bit every value of a row takes at least in a stream ("Least length").
   *
   * @param {number} row
   */
  leastBits(row) {
    let widest = 0;
    for (let at = row * this.width; this.cdf[at] < TOTAL; at++) {
      widest = Math.max(widest, this.cdf[at + 1] - this.cdf[at]);
    }
    const power = BigInt(widest + 1) ** 256n - 1n; // exact: all machines must find the same
    return Math.max(0, 256 * PRECISION - (power ? power.toString(2).length : 0));
  }

  /** @param {number} row */
  #fillBuckets(row) {
    let at = row * this.width;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      while (this.cdf[at + 1] <= bucket * (TOTAL / BUCKETS)) at++;
      this.first[row * BUCKETS + bucket] = at;
    }
  }

  /** @param {number} row */
  #findMode(row) {
    const start = row * this.width;
    for (let symbol = 0; symbol < this.last[row]; symbol++) {
      const lower = this.cdf[start + symbol];
      const upper = this.cdf[start + symbol + 1];
      if (upper - lower > this.modeUpper[row] - this.modeLower[row]) {
        this.mode[row] = symbol + this.offset[row];
        this.modeLower[row] = lower;
        this.modeUpper[row] = upper;
      }
    }
  }
}

/**
 * One table without escape, of equally likely symbols 0 .. symbols - 1.
 *
 * @param {number} symbols a power of two
 */
export function uniformTables(symbols) {
  const cdf = Int32Array.from({ length: symbols + 1 }, (_, i) => i * (TOTAL / symbols));
  return new CodingTables(symbols + 1, cdf, Int32Array.of(symbols), Int32Array.of(0), false);
}

/** The index check's. */
export const BYTES = uniformTables(256);

/**
 * @param {number} width
 * @param {Int32Array} cdf
 * @param {Int32Array} length
 * @param {Int32Array} offset
 */
function check(width, cdf, length, offset) {
  const rows = length.length;
  if (rows < 1 || width < 2 || rows * width !== cdf.length || offset.length !== rows) {
    throw new BundleError('table arrays have inconsistent shapes: export the bundle again');
  }
  for (let row = 0; row < rows; row++) {
    const symbols = length[row];
    if (symbols < 1 || symbols >= width || width > TOTAL + 1) {
      throw new BundleError('a table length does not fit its row: export the bundle again');
    }
    if (Math.abs(offset[row]) > MAX_OFFSET) {
      throw new BundleError(`table offsets must be within +-${MAX_OFFSET}: rescale the model`);
    }
    const entries = cdf.subarray(row * width, (row + 1) * width);
    let valid = entries[0] === 0 && entries[symbols] === TOTAL;
    for (let i = 1; i < width; i++) {
      valid &&= i <= symbols ? entries[i] > entries[i - 1] : entries[i] === 0;
    }
    if (!valid) {
      throw new BundleError('a table is not a rising 16-bit distribution: export again');
    }
  }
}
