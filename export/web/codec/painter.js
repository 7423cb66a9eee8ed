import { BundleError } from './errors.js';

const OPAQUE = 0xff;

/** Turns what a synthesis network gives into pixels: rounds, clips, crops, adds grey and alpha. */
export class Painter {
  /**
   * @param {number} width of the picture
   * @param {number} height
   * @param {boolean} grey whether the luma is to be shown
   * @param {Uint8Array | null} alpha the alpha plane, row by row
   */
  constructor(width, height, grey, alpha) {
    this.width = width;
    this.height = height;
    this.grey = grey;
    this.alpha = alpha;
    this.rgba = new Uint8ClampedArray(4 * width * height);
  }

  /**
   * Paints a part; what lies beyond the picture is left out.
   *
   * @param {import('./float-grid.js').FloatGrid} part
   * @param {number} top
   * @param {number} left
   */
  paint(part, top, left) {
    const { rgba, grey, alpha } = this;
    const height = Math.min(part.height, this.height - top);
    const width = Math.min(part.width, this.width - left);
    const { values } = part;
    let sum = 0; // becomes NaN with the first value that is
    for (let y = 0; y < height; y++) {
      let from = part.at(y, 0);
      const start = (top + y) * this.width + left;
      for (let pixel = start; pixel < start + width; pixel++, from += 3) {
        const red = level(values[from]);
        const green = level(values[from + 1]);
        const blue = level(values[from + 2]);
        sum += values[from] + values[from + 1] + values[from + 2];
        const to = 4 * pixel;
        if (grey) {
          rgba[to] = rgba[to + 1] = rgba[to + 2] = luma(red, green, blue);
        } else {
          rgba[to] = red;
          rgba[to + 1] = green;
          rgba[to + 2] = blue;
        }
        rgba[to + 3] = alpha === null ? OPAQUE : alpha[pixel];
      }
    }
    if (Number.isNaN(sum)) {
      throw new BundleError(
        'the decoder of the model gives pixels that are no numbers; use another',
      );
    }
  }
}

/**
 * floor(x + 1/2) in single precision, clipped to 0..255.
 *
 * @param {number} x
 */
function level(x) {
  const shifted = Math.fround(x + 0.5);
  return shifted >= 255 ? 255 : shifted > 0 ? Math.floor(shifted) : 0;
}

/**
 * @param {number} red
 * @param {number} green
 * @param {number} blue
 */
function luma(red, green, blue) {
  return (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
}
