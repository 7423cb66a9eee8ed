import { HYPER_STRIDE, STRIDE, ceilDiv } from './geometry.js';
import { decodeSymbols, requireLength } from './symbol-coder.js';

/** @typedef {import('./symbol-coder.js').Symbols} Symbols */

/**
 * Reads the symbols of all tiles and puts them together to those of the whole picture, over which
 * networks run: pixels know no tiles.
 *
 * @param {import('./bundle.js').Bundle} bundle
 * @param {import('./tiles.js').Tile[]} tiles
 * @param {number} height of the picture's latents
 * @param {number} width
 * @param {import('./pace.js').Pace} pace
 * @param {number} share of the whole work that this is
 * @returns {Promise<Omit<Symbols, 'indexes'>>}
 */
export async function decodeTiles(bundle, tiles, height, width, pace, share) {
  const { channels, hyperChannels } = bundle;
  const found = tiles.map(({ box, stream }) => {
    const size = { height: ceilDiv(box.height, STRIDE), width: ceilDiv(box.width, STRIDE) };
    requireLength(bundle, stream.length, size.height, size.width); // of all, before any work
    return { stream, top: box.top / STRIDE, left: box.left / STRIDE, ...size };
  });
  const residuals = new Int32Array(height * width * channels);
  const across = ceilDiv(width, HYPER_STRIDE);
  const z = new Int32Array(ceilDiv(height, HYPER_STRIDE) * across * hyperChannels);
  for (const [i, tile] of found.entries()) {
    pace.stage((share * i) / found.length, (share * (i + 1)) / found.length);
    const symbols = await decodeSymbols(bundle, tile.stream, tile.height, tile.width, pace);
    paste(symbols.residuals, tile.width * channels, residuals, width * channels, {
      top: tile.top,
      left: tile.left * channels,
    });
    paste(symbols.z, ceilDiv(tile.width, HYPER_STRIDE) * hyperChannels, z, across * hyperChannels, {
      top: tile.top / HYPER_STRIDE,
      left: (tile.left / HYPER_STRIDE) * hyperChannels,
    });
  }
  return { height, width, z, residuals };
}

/**
 * Copies rows of `length` numbers to a place among longer ones.
 *
 * @param {Int32Array} part
 * @param {number} length
 * @param {Int32Array} whole
 * @param {number} stride
 * @param {{ top: number, left: number }} place
 */
function paste(part, length, whole, stride, { top, left }) {
  for (let y = 0; y * length < part.length; y++) {
    whole.set(part.subarray(y * length, (y + 1) * length), (top + y) * stride + left);
  }
}
