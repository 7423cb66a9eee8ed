/** Pictures at half and double size, as files in layers have them ("Layers" of the format). */

import { FloatGrid } from './float-grid.js';
import { ceilDiv } from './geometry.js';

/**
 * Shrinks a grid to half the size by the means of 2x2 positions; odd sides repeat the last.
 *
 * @param {FloatGrid} grid
 */
export function halved(grid) {
  const { height, width, channels, values } = grid;
  const half = new FloatGrid(ceilDiv(height, 2), ceilDiv(width, 2), channels);
  for (let y = 0, to = 0; y < half.height; y++) {
    const rows = [2 * y, Math.min(2 * y + 1, height - 1)];
    for (let x = 0; x < half.width; x++) {
      const right = Math.min(2 * x + 1, width - 1);
      const [a, b] = [grid.at(rows[0], 2 * x), grid.at(rows[0], right)];
      const [c, d] = [grid.at(rows[1], 2 * x), grid.at(rows[1], right)];
      for (let k = 0; k < channels; k++, to++) {
        const upper = Math.fround(values[a + k] + values[b + k]);
        const sum = Math.fround(upper + values[c + k]) + values[d + k];
        half.values[to] = Math.fround(sum) / 4;
      }
    }
  }
  return half;
}

/**
 * A window of a grid enlarged to twice its size, by linear interpolation between the middles of
 * positions, with edges repeated.
 *
 * @param {FloatGrid} grid
 * @param {number} top
 * @param {number} left
 * @param {number} height
 * @param {number} width
 */
export function doubledWindow(grid, top, left, height, width) {
  const part = new FloatGrid(height, width, grid.channels);
  const { values, channels } = grid;
  for (let y = 0, to = 0; y < height; y++) {
    const [near, far] = neighbours(top + y, grid.height);
    for (let x = 0; x < width; x++) {
      const [close, remote] = neighbours(left + x, grid.width);
      const [a, b] = [grid.at(near, close), grid.at(far, close)];
      const [c, d] = [grid.at(near, remote), grid.at(far, remote)];
      for (let k = 0; k < channels; k++, to++) {
        // Rows first, then columns, each rounded to single precision.
        const here = mix(values[a + k], values[b + k]);
        const there = mix(values[c + k], values[d + k]);
        part.values[to] = mix(here, there);
      }
    }
  }
  return part;
}

/**
 * Three quarters of the nearer value and one of the other.
 *
 * @param {number} near
 * @param {number} far
 */
function mix(near, far) {
  return Math.fround(Math.fround(0.75 * near) + 0.25 * far);
}

/**
 * The nearest position and the next one, of a position at double size.
 *
 * @param {number} place
 * @param {number} size
 */
function neighbours(place, size) {
  const near = place >> 1;
  const far = place % 2 ? near + 1 : near - 1;
  return [near, Math.min(Math.max(far, 0), size - 1)];
}
