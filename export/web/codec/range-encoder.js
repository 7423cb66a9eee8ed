import { MAX_GAMMA, TOTAL } from './coding-tables.js';
import { UsageError } from './errors.js';
import { FULL, finalUnit } from './range-decoder.js';

const WORD = 65536;

/**
 * Writes values, each with its table, into one stream ("Range coder" of the format). In doubles,
 * for the reasons that `range-decoder.js` has; `low` stays below 2^33.
 */
export class RangeEncoder {
  #low = 0;
  #size = FULL;
  /** @type {number[]} 17 bits each: the top bit is a carry not yet added */
  #words = [];

  /**
   * Appends `count` values, value i with row `rows[i]` of the tables.
   *
   * @param {import('./coding-tables.js').CodingTables} tables
   * @param {ArrayLike<number>} rows all below `tables.rows`
   * @param {ArrayLike<number>} values
   */
  encode(tables, rows, values, count = rows.length) {
    const { cdf, width, last, offset, escape } = tables;
    for (let i = 0; i < count; i++) {
      const row = rows[i];
      const symbol = values[i] - offset[row];
      const inside = symbol >= 0 && symbol < last[row];
      if (!inside && !escape) {
        throw new UsageError('a value is outside its table, which has no escape symbol');
      }
      const at = row * width + (inside ? symbol : last[row]);
      this.#narrow(cdf[at], cdf[at + 1]);
      if (!inside) this.#outside(symbol, last[row]);
    }
  }

  /** Returns the stream: all words so far, then the fewest bytes that name the interval. */
  finish() {
    const low = this.#low % FULL;
    const size = this.#size;
    // Then end on the next carry: its zeros need not be written.
    const straddles = low + size > FULL;
    let carry = Math.floor(this.#low / FULL) + (straddles ? 1 : 0);
    const bytes = new Uint8Array(2 * this.#words.length + 2);
    for (let i = this.#words.length - 1; i >= 0; i--) {
      const word = this.#words[i] + carry;
      bytes[2 * i] = word >> 8; // cuts to 8 bits
      bytes[2 * i + 1] = word;
      carry = word >> 16;
    }
    let length = 2 * this.#words.length;
    if (straddles) {
      while (length > 0 && bytes[length - 1] === 0) length--;
    } else if (low !== 0) {
      const unit = finalUnit(low, size);
      const end = Math.ceil(low / unit) * unit;
      bytes[length++] = end / 2 ** 24;
      if (unit === 2 ** 16) bytes[length++] = (end / 2 ** 16) % 256;
    }
    return bytes.slice(0, length);
  }

  /**
   * Writes the Elias gamma code and the sign that follow an escape symbol.
   *
   * @param {number} symbol
   * @param {number} last
   */
  #outside(symbol, last) {
    const gamma = symbol < 0 ? -symbol : symbol - last + 1;
    if (!(gamma <= MAX_GAMMA)) {
      throw new UsageError(`a value is more than ${MAX_GAMMA} outside its table: clip it`);
    }
    const digits = gamma.toString(2);
    for (const bit of '0'.repeat(digits.length - 1) + digits + (symbol < 0 ? '1' : '0')) {
      const lower = bit === '1' ? TOTAL / 2 : 0;
      this.#narrow(lower, lower + TOTAL / 2);
    }
  }

  /**
   * @param {number} lower
   * @param {number} upper
   */
  #narrow(lower, upper) {
    const start = Math.floor((this.#size * lower) / TOTAL);
    this.#size = Math.floor((this.#size * upper) / TOTAL) - start;
    this.#low += start;
    if (this.#size <= WORD) {
      const word = Math.floor(this.#low / WORD);
      this.#words.push(word);
      this.#low = (this.#low - word * WORD) * WORD;
      this.#size *= WORD;
    }
  }
}
