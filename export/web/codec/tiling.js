/**
 * Windows in which a network goes over an array too large for memory.
 *
 * A network maps cells to cells, `cell` x `cell` input positions to `out` x `out` output positions.
 * Each window carries a halo of context that is thrown away afterwards. With a halo as wide as the
 * network reaches, the windows together give what one run over everything would: a window touches
 * the array's border only where the whole array does, so that the zeros convolutions see there are
 * the same. All windows of an array have the same size, since runtimes plan their memory for each.
 */

import { ceilDiv } from './geometry.js';

/**
 * @typedef {object} Geometry
 * @property {number} cell input positions per cell, along each axis
 * @property {number} out output positions per cell
 * @property {number} halo input positions to each side that an output depends on
 * @property {number} [tile] side in cells of the one shape that the network takes; 0: any
 */

/**
 * A stretch of cells [start, stop) to run, of which [keepStart, keepStop) is kept.
 *
 * @typedef {{ start: number, stop: number, keepStart: number, keepStop: number }} Span
 */

/** @typedef {{ rows: Span, columns: Span }} Window */

/**
 * Returns the windows that cover an array of `height` x `width` cells, row by row.
 *
 * @param {Geometry} geometry
 * @param {number} height
 * @param {number} width
 * @param {number} maxCells area of the largest window
 * @returns {Window[]}
 */
export function windows(geometry, height, width, maxCells) {
  const halo = ceilDiv(geometry.halo, geometry.cell);
  const { tile = 0 } = geometry;
  const [maxHeight, maxWidth] = limits(height, width, maxCells);
  const rowsOf = tile ? fixed(height, tile, halo) : split(height, maxHeight, halo);
  const columnsOf = tile ? fixed(width, tile, halo) : split(width, maxWidth, halo);
  return rowsOf.flatMap((rows) => columnsOf.map((columns) => ({ rows, columns })));
}

/**
 * Covers `size` cells with equally long spans of about `limit` cells or less.
 *
 * @param {number} size
 * @param {number} limit
 * @param {number} halo
 */
function split(size, limit, halo) {
  if (size <= limit) return [{ start: 0, stop: size, keepStart: 0, keepStop: size }];
  // A limit close to the halo would drown the kept part in context.
  const core = Math.max(limit - 2 * halo, 2 * halo, 1);
  const count = Math.max(1, ceilDiv(size - 2 * halo, core));
  const length = Math.min(size, ceilDiv(size - 2 * halo, count) + 2 * halo);
  return spans(size, length, halo, count, size);
}

/**
 * Covers `size` cells with spans of exactly `tile`, which reach beyond if there are fewer.
 *
 * @param {number} size
 * @param {number} tile
 * @param {number} halo
 */
function fixed(size, tile, halo) {
  const count = Math.max(1, ceilDiv(size - 2 * halo, tile - 2 * halo));
  return spans(Math.max(size, tile), tile, halo, count, size);
}

/**
 * @param {number} size
 * @param {number} length
 * @param {number} halo
 * @param {number} count
 * @param {number} used cells that are kept
 */
function spans(size, length, halo, count, used) {
  /** @type {Span[]} */
  const found = [];
  for (let i = 0; i < count; i++) {
    const start = Math.min(i * (length - 2 * halo), size - length);
    const keepStart = i ? found[i - 1].keepStop : 0;
    const keepStop = i === count - 1 ? used : start + length - halo;
    found.push({ start, stop: start + length, keepStart, keepStop });
  }
  return found;
}

/**
 * Rows and columns of the largest window, nearly square if it can be.
 *
 * @param {number} height
 * @param {number} width
 * @param {number} maxCells
 */
function limits(height, width, maxCells) {
  const side = Math.floor(Math.sqrt(maxCells));
  if (height <= width) {
    const rows = Math.min(height, side);
    return [rows, Math.floor(maxCells / rows)];
  }
  const columns = Math.min(width, side);
  return [Math.floor(maxCells / columns), columns];
}
