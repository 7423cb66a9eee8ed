/**
 * Fills the pixels of a picture that its alpha plane hides: nobody sees them, so they should cost
 * as little as possible. Each takes the mean of what is seen around it, in the smallest of the
 * blocks of 2x2, 4x4, 8x8 ... pixels around it in which anything is seen, interpolated between
 * blocks.
 */

import { FloatGrid } from './float-grid.js';
import { ceilDiv, rounded } from './geometry.js';
import { doubledWindow } from './pyramid.js';

const NOTHING_SEEN = 128; // the level of a picture that is hidden everywhere
const COLOURS = 3;

/**
 * Means of what is seen, and how much of each block counts, 0..1.
 *
 * @typedef {{ mean: FloatGrid, weight: FloatGrid }} Level
 */

/**
 * Returns the pixels, four bytes each, with those under alpha 0 filled; the same array if there are
 * none.
 *
 * @param {Uint8Array | Uint8ClampedArray} rgba
 * @param {number} width
 * @param {number} height
 */
export function filled(rgba, width, height) {
  let [hidden, seen] = [false, false];
  for (let i = 3; i < rgba.length; i += 4) {
    if (rgba[i] === 0) hidden = true;
    else seen = true;
  }
  if (!hidden) return rgba;
  const result = rgba.slice();
  const below = seen ? extended(firstLevel(rgba, width, height)) : null;
  for (let y = 0; y < height; y++) {
    const row = below && doubledWindow(below, y, 0, 1, width).values;
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      if (rgba[at + 3] !== 0) continue;
      for (let c = 0; c < COLOURS; c++) {
        result[at + c] = row ? rounded(row[COLOURS * x + c], 0, 255) : NOTHING_SEEN;
      }
    }
  }
  return result;
}

/**
 * Fills what a level lacks from the level at half its size, and so on.
 *
 * @param {Level} level in which something is seen; its means are written over
 * @returns {FloatGrid}
 */
function extended({ mean, weight }) {
  if (weight.values.every((w) => w === 1)) return mean;
  const { height, width } = mean;
  const below = extended(coarser({ mean, weight }));
  for (let y = 0; y < height; y++) {
    const row = doubledWindow(below, y, 0, 1, width).values;
    for (let x = 0; x < width; x++) {
      const w = weight.values[y * width + x];
      const at = mean.at(y, x);
      for (let c = 0; c < COLOURS; c++) {
        mean.values[at + c] = w * mean.values[at + c] + (1 - w) * row[COLOURS * x + c];
      }
    }
  }
  return mean;
}

/**
 * The level of blocks of 2x2 pixels.
 *
 * @param {Uint8Array | Uint8ClampedArray} rgba
 * @param {number} width
 * @param {number} height
 */
function firstLevel(rgba, width, height) {
  return blocks(width, height, (pixel, add) => {
    const at = 4 * pixel;
    if (rgba[at + 3] !== 0) add(1, rgba[at], rgba[at + 1], rgba[at + 2]);
  });
}

/** @param {Level} level */
function coarser({ mean, weight }) {
  const { values } = mean;
  return blocks(mean.width, mean.height, (position, add) => {
    const at = COLOURS * position;
    add(weight.values[position], values[at], values[at + 1], values[at + 2]);
  });
}

/** @typedef {(weight: number, red: number, green: number, blue: number) => void} Add */

/**
 * Makes a level of another with twice as many rows and columns; odd sides repeat the last.
 *
 * @param {number} width of the other
 * @param {number} height
 * @param {(position: number, add: Add) => void} visit tells of a position of the other
 * @returns {Level}
 */
function blocks(width, height, visit) {
  const [high, wide] = [ceilDiv(height, 2), ceilDiv(width, 2)];
  const mean = new FloatGrid(high, wide, COLOURS);
  const weight = new FloatGrid(high, wide, 1);
  const sums = [0, 0, 0, 0];
  /** @type {Add} */
  const add = (w, r, g, b) => {
    sums[0] += w;
    sums[1] += w * r;
    sums[2] += w * g;
    sums[3] += w * b;
  };
  for (let y = 0, to = 0; y < high; y++) {
    const rows = [2 * y, Math.min(2 * y + 1, height - 1)];
    for (let x = 0; x < wide; x++, to++) {
      sums.fill(0);
      for (const row of rows) {
        visit(row * width + 2 * x, add);
        visit(row * width + Math.min(2 * x + 1, width - 1), add);
      }
      // A block counts in full as soon as a pixel of it is seen.
      weight.values[to] = Math.min(sums[0], 1);
      for (let c = 0; c < COLOURS; c++) {
        mean.values[COLOURS * to + c] = sums[0] ? sums[c + 1] / sums[0] : 0;
      }
    }
  }
  return { mean, weight };
}
