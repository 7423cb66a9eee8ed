/**
 * The range decoder ("Range coder" of the format).
 *
 * All state is in doubles. They hold every integer up to 2^53, and the largest products here are
 * 2^32 * 2^16. Division by 65536 only changes the exponent, so that its floor is exact. The other
 * quotient, (2^16 (code + 1) - 1) / size, is below 2^16 and at least 1/size >= 2^-32 away from the
 * next integer unless it is one, while rounding moves it by less than 2^-36: its floor is exact
 * too. What must not be used are `|`, `>>` and their like, which cut to 32 bits.
 */

import { MAX_GAMMA, TOTAL } from './coding-tables.js';
import { BitstreamError } from './errors.js';

export const FULL = 2 ** 32;
const UNIT = 1 / TOTAL;
const WORD = 65536;

/**
 * Reads what a `RangeEncoder` wrote, with the same calls in the same order.
 *
 * Any bytes give values, or a `BitstreamError`, in time proportional to the number of values asked
 * for. Bytes past the end read as zero, and `finish` misses most truncations: the container's
 * checksum and the index check find damage.
 */
export class RangeDecoder {
  /** Width of the current interval, 2^16 .. 2^32 between symbols. */
  #size = FULL;
  /** Distance of the coded point from the start of the interval, less than the width. */
  #code = 0;
  /** Bytes taken so far, counting those past the end. */
  #position = 0;
  #data;

  /** @param {Uint8Array} data */
  constructor(data) {
    this.#data = data;
    this.length = data.length;
    this.#code = this.#nextWord() * WORD + this.#nextWord();
  }

  /**
   * Reads `count` values, value i with row `rows[i]` of the tables.
   *
   * @param {import('./coding-tables.js').CodingTables} tables
   * @param {Uint8Array | Uint16Array} rows all below `tables.rows`
   * @param {Int32Array} values where they go
   */
  decode(tables, rows, values, count = rows.length) {
    const { cdf, first, width, last, offset, mode, modeLower, modeUpper, escape } = tables;
    const data = this.#data;
    const end = data.length - 1;
    let size = this.#size;
    let code = this.#code;
    let position = this.#position;
    for (let i = 0; i < count; i++) {
      const row = rows[i];
      // Most values are the mode of their table: that costs two products and no search.
      let start = Math.floor(size * modeLower[row] * UNIT);
      let stop = Math.floor(size * modeUpper[row] * UNIT);
      if (code >= start && code < stop) {
        values[i] = mode[row];
      } else {
        const point = Math.floor(((code + 1) * TOTAL - 1) / size);
        let at = first[row * 256 + (point >> 8)];
        while (cdf[at + 1] <= point) at++;
        start = Math.floor(size * cdf[at] * UNIT);
        stop = Math.floor(size * cdf[at + 1] * UNIT);
        const symbol = at - row * width;
        values[i] = symbol + offset[row];
        if (escape && symbol === last[row]) {
          this.#size = size;
          this.#code = code;
          this.#position = position;
          this.#narrow(start, stop);
          values[i] = this.#outside(symbol) + offset[row];
          size = this.#size;
          code = this.#code;
          position = this.#position;
          continue;
        }
      }
      code -= start;
      size = stop - start;
      if (size <= WORD) {
        // Bytes past the end read as zero.
        const high = position <= end ? data[position] : 0;
        const low = position < end ? data[position + 1] : 0;
        code = code * WORD + (high * 256 + low);
        size *= WORD;
        position += 2;
      }
    }
    this.#size = size;
    this.#code = code;
    this.#position = position;
  }

  /** Checks the end, after the last value: bytes must not be left, nor end as no encoder ends. */
  finish() {
    if (this.#position < this.#data.length) {
      throw new BitstreamError('the coded data goes on after its last symbol: the file is damaged');
    }
    this.#position -= 4;
    const window = this.#nextWord() * WORD + this.#nextWord();
    const low = (window - this.#code + FULL) % FULL;
    let end = 0;
    if (low !== 0 && low + this.#size <= FULL) {
      const unit = finalUnit(low, this.#size);
      end = Math.ceil(low / unit) * unit;
    }
    if (window !== end) {
      throw new BitstreamError('the coded data ends wrongly: the file is damaged');
    }
  }

  /**
   * Reads the Elias gamma code and the sign after an escape symbol.
   *
   * @param {number} last
   */
  #outside(last) {
    let zeros = 0;
    while (!this.#bit()) {
      if (2 ** ++zeros > MAX_GAMMA) {
        throw new BitstreamError('an escaped value is too large: the file is damaged');
      }
    }
    let gamma = 1;
    for (let i = 0; i < zeros; i++) gamma = 2 * gamma + this.#bit();
    return this.#bit() ? -gamma : last + gamma - 1;
  }

  #bit() {
    const half = Math.floor(this.#size / 2);
    if (this.#code < half) {
      this.#narrow(0, half);
      return 0;
    }
    this.#narrow(half, this.#size);
    return 1;
  }

  /**
   * @param {number} start
   * @param {number} stop
   */
  #narrow(start, stop) {
    this.#code -= start;
    this.#size = stop - start;
    if (this.#size <= WORD) {
      this.#code = this.#code * WORD + this.#nextWord();
      this.#size *= WORD;
    }
  }

  /** The next two bytes, big-endian; zeros past the end. */
  #nextWord() {
    const at = this.#position;
    this.#position += 2;
    return (this.#data[at] ?? 0) * 256 + (this.#data[at + 1] ?? 0);
  }
}

/**
 * 2^24 if low .. low + size - 1 holds a multiple of it, else 2^16, of which it holds one. The
 * stream's last bytes are that multiple, so they are one or two.
 *
 * @param {number} low
 * @param {number} size
 */
export function finalUnit(low, size) {
  const unit = 2 ** 24;
  return Math.floor((low - 1) / unit) < Math.floor((low + size - 1) / unit) ? unit : 2 ** 16;
}
