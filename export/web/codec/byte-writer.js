/** Collects the bytes of a file. */
export class ByteWriter {
  constructor() {
    /** @type {Uint8Array[]} */
    this.parts = [];
    this.length = 0;
  }

  /** @param {Uint8Array | number[]} bytes */
  write(bytes) {
    this.parts.push(Uint8Array.from(bytes));
    this.length += bytes.length;
  }

  /** @param {number} value a whole number from 0 to 2^53 */
  varint(value) {
    const bytes = [];
    while (value >= 0x80) {
      bytes.push((value % 0x80) | 0x80);
      value = Math.floor(value / 0x80);
    }
    this.write([...bytes, value]);
  }

  /** @param {Uint8Array} data */
  chunk(data) {
    this.varint(data.length);
    this.write(data);
  }

  toBytes() {
    const whole = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.parts = [whole];
    return whole;
  }
}
