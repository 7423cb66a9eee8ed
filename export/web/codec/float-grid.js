/** Numbers in single precision on a grid, [height, width, channels], row-major. */
export class FloatGrid {
  /**
   * @param {number} height
   * @param {number} width
   * @param {number} channels
   * @param {Float32Array} values
   */
  constructor(height, width, channels, values = new Float32Array(height * width * channels)) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.values = values;
  }

  /**
   * The place of the first channel of a position.
   *
   * @param {number} y
   * @param {number} x
   */
  at(y, x) {
    return (y * this.width + x) * this.channels;
  }

  /**
   * A part; the grid itself where that is all of it.
   *
   * @param {number} top
   * @param {number} left
   * @param {number} height
   * @param {number} width
   */
  crop(top, left, height, width) {
    if (height === this.height && width === this.width) return this;
    const part = new FloatGrid(height, width, this.channels);
    for (let y = 0; y < height; y++) {
      const from = this.at(top + y, left);
      part.values.set(this.values.subarray(from, from + width * this.channels), part.at(y, 0));
    }
    return part;
  }

  /**
   * Copies a part to a place inside.
   *
   * @param {FloatGrid} part
   * @param {number} top
   * @param {number} left
   */
  paste(part, top, left) {
    const row = part.width * part.channels;
    for (let y = 0; y < part.height; y++) {
      this.values.set(part.values.subarray(y * row, (y + 1) * row), this.at(top + y, left));
    }
  }

  /**
   * The grid with its last row and column repeated up to a size; itself where it has that size.
   *
   * @param {number} height
   * @param {number} width
   */
  extended(height, width) {
    if (height === this.height && width === this.width) return this;
    const larger = new FloatGrid(height, width, this.channels);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = this.at(Math.min(y, this.height - 1), Math.min(x, this.width - 1));
        larger.values.set(this.values.subarray(from, from + this.channels), larger.at(y, x));
      }
    }
    return larger;
  }
}
