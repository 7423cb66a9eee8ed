import { FloatGrid } from './float-grid.js';
import { HYPER_STRIDE, ceilDiv } from './geometry.js';

/** The means of latents, from hyper-latents, for any window of latents. */
export class Means {
  #networks;
  #bundle;
  #symbols;
  #pace;

  /**
   * @param {import('./networks.js').Networks} networks
   * @param {import('./bundle.js').Bundle} bundle
   * @param {Pick<import('./symbol-coder.js').Symbols, 'height' | 'width' | 'z'>} symbols
   * @param {import('./pace.js').Pace} pace
   */
  constructor(networks, bundle, symbols, pace) {
    this.#networks = networks;
    this.#bundle = bundle;
    this.#symbols = symbols;
    this.#pace = pace;
  }

  /**
   * mu of the latents [top, top + height) x [left, left + width).
   *
   * @param {number} top
   * @param {number} left
   * @param {number} height
   * @param {number} width
   */
  async window(top, left, height, width) {
    const bundle = this.#bundle;
    const part = bundle.part('mean');
    const rows = stretch(top, height, this.#symbols.height, part.geometry.halo);
    const columns = stretch(left, width, this.#symbols.width, part.geometry.halo);
    const size = [rows.count * HYPER_STRIDE, columns.count * HYPER_STRIDE];
    const means = new FloatGrid(size[0], size[1], bundle.channels);
    const source = hyperLatents(this.#symbols, bundle.hyperChannels, rows, columns);
    await this.#networks.run(
      bundle,
      part,
      source,
      (kept, y, x) => means.paste(kept, y, x),
      this.#pace,
    );
    const first = [top - rows.first * HYPER_STRIDE, left - columns.first * HYPER_STRIDE];
    return means.crop(first[0], first[1], height, width);
  }
}

/**
 * The hyper-latents of a picture as floats, or those of some rows and columns.
 *
 * @param {Pick<import('./symbol-coder.js').Symbols, 'height' | 'width' | 'z'>} symbols
 * @param {number} channels
 * @param {{ first: number, count: number }} [rows]
 * @param {{ first: number, count: number }} [columns]
 * @returns {import('./networks.js').Source}
 */
export function hyperLatents({ height, width, z }, channels, rows, columns) {
  const across = ceilDiv(width, HYPER_STRIDE);
  const firstRow = rows?.first ?? 0;
  const firstColumn = columns?.first ?? 0;
  return {
    height: rows?.count ?? ceilDiv(height, HYPER_STRIDE),
    width: columns?.count ?? across,
    window(top, left, high, wide) {
      const part = new FloatGrid(high, wide, channels);
      for (let y = 0; y < high; y++) {
        const from = ((firstRow + top + y) * across + firstColumn + left) * channels;
        part.values.set(z.subarray(from, from + wide * channels), part.at(y, 0));
      }
      return part;
    },
  };
}

/**
 * The hyper-latents that a stretch of latents depends on, along one axis. There are equally many
 * for all stretches of the same length, since runtimes plan their memory for each size.
 *
 * @param {number} start
 * @param {number} length
 * @param {number} latents of the whole picture
 * @param {number} halo
 */
function stretch(start, length, latents, halo) {
  const all = ceilDiv(latents, HYPER_STRIDE);
  const count = Math.min(ceilDiv(length, HYPER_STRIDE) + 1 + 2 * halo, all);
  const first = Math.max(Math.min(Math.floor(start / HYPER_STRIDE) - halo, all - count), 0);
  return { first, count };
}
