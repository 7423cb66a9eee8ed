import { BitstreamError } from './errors.js';

const MAX_VARINT_BYTES = 9; // below 2^63

/** Reads the fields of a file one after the other; `BitstreamError` where one is cut off. */
export class ByteReader {
  /**
   * @param {Uint8Array} data
   * @param {number} position of the first field
   * @param {number} stop no field reaches beyond it
   */
  constructor(data, position, stop) {
    this.data = data;
    this.position = position;
    this.stop = stop;
  }

  /**
   * Returns the next bytes, not copied.
   *
   * @param {number} length
   * @param {string} what how an error calls them
   */
  take(length, what) {
    if (this.position + length > this.stop) {
      throw new BitstreamError(`the ${what} does not fit in the file; it was not written whole`);
    }
    const taken = this.data.subarray(this.position, this.position + length);
    this.position += length;
    return taken;
  }

  /** @param {string} what */
  byte(what) {
    return this.take(1, what)[0];
  }

  /**
   * Returns the number that follows. Above 2^53 it is rounded, which is far beyond all limits.
   *
   * @param {string} what
   */
  varint(what) {
    let value = 0;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.byte(what);
      value += (byte & 0x7f) * 2 ** (7 * i); // not <<, which cuts to 32 bits
      if (byte < 0x80) {
        if (i > 0 && byte === 0) break; // the same number has a shorter form
        return value;
      }
    }
    throw new BitstreamError(`the ${what} is not a valid number`);
  }
}
