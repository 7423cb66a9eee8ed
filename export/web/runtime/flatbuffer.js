/**
 * Reads the tables and vectors of a FlatBuffer, and replaces numbers in it.
 *
 * Everything is a place in the file, in bytes from its start; 0 is what is not there. Reading beyond
 * the file throws a RangeError.
 */
export class FlatBuffer {
  #view;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The table that the file consists of. */
  root() {
    return this.#follow(0);
  }

  /**
   * The vector in a field of a table.
   *
   * @param {number} table
   * @param {number} field its place in the schema
   */
  vector(table, field) {
    const place = this.#field(table, field);
    return place && this.#follow(place);
  }

  /**
   * The tables in a field that is a vector of them.
   *
   * @param {number} table
   * @param {number} field
   */
  tables(table, field) {
    const vector = this.vector(table, field);
    return Array.from({ length: this.length(vector) }, (_, i) => this.#follow(vector + 4 + 4 * i));
  }

  /**
   * The numbers in a field that is a vector of 32-bit ones.
   *
   * @param {number} table
   * @param {number} field
   */
  ints(table, field) {
    const vector = this.vector(table, field);
    return Array.from({ length: this.length(vector) }, (_, i) => this.int(vector, i));
  }

  /** @param {number} vector */
  length(vector) {
    return vector && this.#view.getUint32(vector, true);
  }

  /**
   * @param {number} vector of 32-bit numbers
   * @param {number} i
   */
  int(vector, i) {
    return this.#view.getInt32(vector + 4 + 4 * i, true);
  }

  /**
   * @param {number} vector of 32-bit numbers
   * @param {number} i
   * @param {number} value
   */
  setInt(vector, i, value) {
    this.#view.setInt32(vector + 4 + 4 * i, value, true);
  }

  /** @param {number} place of an offset, relative to itself */
  #follow(place) {
    return place + this.#view.getUint32(place, true);
  }

  /**
   * @param {number} table
   * @param {number} field
   */
  #field(table, field) {
    const layout = table - this.#view.getInt32(table, true);
    const entry = 4 + 2 * field;
    if (entry >= this.#view.getUint16(layout, true)) return 0;
    const offset = this.#view.getUint16(layout + entry, true);
    return offset && table + offset;
  }
}
