/**
 * Codes pictures with a bundle that has a hyperprior: the float steps around `symbol-coder.js`,
 * that is gains, means and networks. They only shift what symbols stand for, so machines that round
 * floats differently still parse alike.
 */

import { BundleError } from './errors.js';
import { FloatGrid } from './float-grid.js';
import { HYPER_STRIDE, QUALITIES, STRIDE, ceilDiv, padded, rounded } from './geometry.js';
import { Means, hyperLatents } from './means.js';
import { decodeSymbols, encodeSymbols, estimateBits } from './symbol-coder.js';
import { decodeTiles } from './tile-symbols.js';

const MAX_HYPER = 127;
export const MAX_RESIDUAL = 2 ** 20;
/** The share of the work that entropy coding is, about. */
export const ENTROPY_SHARE = 0.1;

/** @typedef {import('./bundle.js').Bundle} Bundle */
/** @typedef {import('./networks.js').Networks} Networks */
/** @typedef {import('./networks.js').Source} Source */
/** @typedef {import('./networks.js').Sink} Sink */
/** @typedef {import('./pace.js').Pace} Pace */
/** @typedef {import('./symbol-coder.js').Symbols} Symbols */

/** Is the `PictureCoder` (see `coders.js`) of models with a hyperprior. */
export class HyperpriorCoder {
  layers = 1;
  qualities = QUALITIES;

  /**
   * @param {Bundle} bundle
   * @param {Networks} networks
   */
  constructor(bundle, networks) {
    this.bundle = bundle;
    this.networks = networks;
  }

  /**
   * @param {import('./coders.js').Streams} file
   * @param {number} realism
   * @param {Sink} sink
   * @param {Pace} pace
   */
  async decode({ width, height, quality, streams, tiles }, realism, sink, pace) {
    const { bundle, networks } = this;
    const decoder = bundle.part('synthesis', realism); // complains before the work is done
    networks.prepare(bundle, decoder); // fetched meanwhile
    networks.prepare(bundle, bundle.part('mean'));
    pace.stage(0, ENTROPY_SHARE);
    const size = [ceilDiv(height, STRIDE), ceilDiv(width, STRIDE)];
    const symbols = tiles
      ? await decodeTiles(bundle, tiles, size[0], size[1], pace, ENTROPY_SHARE)
      : await decodeSymbols(bundle, streams[0], size[0], size[1], pace);
    pace.stage(ENTROPY_SHARE, 1);
    const latents = decodedLatents(networks, bundle, symbols, quality, pace);
    await networks.run(bundle, decoder, latents, sink, pace, true);
  }

  /**
   * @param {Source} picture
   * @param {Pace} pace
   * @returns {Promise<import('./coders.js').Encoding>}
   */
  async encode(picture, pace) {
    const { bundle, networks } = this;
    const latents = await analysed(networks, bundle, picture, pace);
    /** @type {Map<number, Symbols>} */
    const known = new Map();
    /** @param {number} quality */
    const symbolsOf = async (quality) => {
      const symbols =
        known.get(quality) ?? (await quantized(networks, bundle, latents, quality, pace));
      if (known.size >= 3) known.clear(); // each is as large as the picture
      return known.set(quality, symbols).get(quality) ?? symbols;
    };
    return {
      streams: async (quality) => [await encodeSymbols(bundle, await symbolsOf(quality), pace)],
      bytes: async (quality) => estimateBits(bundle, await symbolsOf(quality)) / 8,
    };
  }
}

/**
 * Runs the analysis network on a picture; returns its latents before the gain.
 *
 * @param {Networks} networks
 * @param {Bundle} bundle
 * @param {Source} picture of any size; it is padded by repeating its last row and column
 * @param {Pace} pace
 */
export async function analysed(networks, bundle, picture, pace) {
  const size = [ceilDiv(picture.height, STRIDE), ceilDiv(picture.width, STRIDE)];
  const latents = new FloatGrid(size[0], size[1], bundle.channels);
  /** @type {Source} */
  const source = {
    height: size[0] * STRIDE,
    width: size[1] * STRIDE,
    async window(top, left, height, width) {
      const high = Math.min(height, picture.height - top);
      const wide = Math.min(width, picture.width - left);
      return (await picture.window(top, left, high, wide)).extended(height, width);
    },
  };
  const paste = /** @type {Sink} */ ((part, top, left) => latents.paste(part, top, left));
  await networks.run(bundle, bundle.part('analysis'), source, paste, pace, true);
  return latents;
}

/**
 * Rounds latents at a quality level to the symbols that are coded.
 *
 * @param {Networks} networks
 * @param {Bundle} bundle
 * @param {FloatGrid} latents before the gain
 * @param {number} quality
 * @param {Pace} pace
 * @returns {Promise<Symbols>}
 */
export async function quantized(networks, bundle, latents, quality, pace) {
  const { height, width, channels } = latents;
  const scaled = scaledLatents(bundle, latents, quality);
  const z = await hyperLatentsOf(networks, bundle, scaled, pace);
  const grid = { rows: ceilDiv(height, HYPER_STRIDE), columns: ceilDiv(width, HYPER_STRIDE) };
  const indexes = await bundle.scaleDecoder.indexes(z, { ...grid, height, width }, pace);
  const residuals = new Int32Array(indexes.length);
  /** @type {Sink} */
  const round = (mu, top, left) => {
    requireFinite(bundle, 'mean', mu.values);
    const part = mu.crop(0, 0, Math.min(mu.height, height - top), Math.min(mu.width, width - left));
    const v = scaled.window(top, left, part.height, part.width);
    for (let y = 0; y < part.height; y++) {
      const to = ((top + y) * width + left) * channels;
      const from = part.at(y, 0);
      for (let i = 0; i < part.width * channels; i++) {
        if (indexes[to + i] === 0) continue;
        const difference = Math.fround(v.values[from + i] - part.values[from + i]);
        residuals[to + i] = rounded(difference, -MAX_RESIDUAL, MAX_RESIDUAL);
      }
    }
  };
  const source = hyperLatents({ height, width, z }, bundle.hyperChannels);
  await networks.run(bundle, bundle.part('mean'), source, round, pace);
  return { height, width, z, indexes, residuals };
}

/**
 * Latents times the gain of a quality level, with zeros up to whole hyper-latents.
 *
 * @param {Bundle} bundle
 * @param {FloatGrid} latents
 * @param {number} quality
 */
export function scaledLatents(bundle, latents, quality) {
  const { channels } = latents;
  const gain = bundle.gain.subarray(quality * channels, (quality + 1) * channels);
  return {
    height: padded(latents.height, HYPER_STRIDE),
    width: padded(latents.width, HYPER_STRIDE),
    /**
     * @param {number} top
     * @param {number} left
     * @param {number} height
     * @param {number} width
     */
    window(top, left, height, width) {
      const part = new FloatGrid(height, width, channels);
      const have = Math.min(width, latents.width - left) * channels;
      for (let y = 0; y < Math.min(height, latents.height - top); y++) {
        const from = latents.at(top + y, left);
        const to = part.at(y, 0);
        for (let i = 0; i < have; i++) {
          part.values[to + i] = latents.values[from + i] * gain[i % channels];
        }
      }
      requireFinite(bundle, 'analysis', part.values);
      return part;
    },
  };
}

/**
 * The hyper-latents z of latents that the gain has been multiplied to.
 *
 * @param {Networks} networks
 * @param {Bundle} bundle
 * @param {Source} scaled
 * @param {Pace} pace
 */
export async function hyperLatentsOf(networks, bundle, scaled, pace) {
  const width = scaled.width / HYPER_STRIDE;
  const channels = bundle.hyperChannels;
  const z = new Int32Array((scaled.height / HYPER_STRIDE) * width * channels);
  /** @type {Sink} */
  const round = (part, top, left) => {
    requireFinite(bundle, 'hyper_analysis', part.values);
    for (let y = 0; y < part.height; y++) {
      const to = ((top + y) * width + left) * channels;
      const from = part.at(y, 0);
      for (let i = 0; i < part.width * channels; i++) {
        z[to + i] = rounded(part.values[from + i], -MAX_HYPER, MAX_HYPER);
      }
    }
  };
  await networks.run(bundle, bundle.part('hyper_analysis'), scaled, round, pace);
  return z;
}

/**
 * The latents that a decoder sees: residuals plus means, divided by the gain, made when asked for.
 *
 * @param {Networks} networks
 * @param {Bundle} bundle
 * @param {Omit<Symbols, 'indexes'>} symbols
 * @param {number} quality
 * @param {Pace} pace
 * @returns {Source}
 */
export function decodedLatents(networks, bundle, symbols, quality, pace) {
  const { channels } = bundle;
  const gain = bundle.inverseGain.subarray(quality * channels, (quality + 1) * channels);
  const means = new Means(networks, bundle, symbols, pace);
  return {
    height: symbols.height,
    width: symbols.width,
    async window(top, left, height, width) {
      const mu = await means.window(top, left, height, width);
      const part = new FloatGrid(height, width, channels);
      for (let y = 0; y < height; y++) {
        const from = ((top + y) * symbols.width + left) * channels;
        const to = part.at(y, 0);
        for (let i = 0; i < width * channels; i++) {
          // Both rounded to single precision as in the reference: the sum, then the product.
          const sum = Math.fround(symbols.residuals[from + i] + mu.values[to + i]);
          part.values[to + i] = sum * gain[i % channels];
        }
      }
      return part;
    },
  };
}

/**
 * @param {Bundle} bundle
 * @param {string} kind
 * @param {Float32Array} values
 */
export function requireFinite(bundle, kind, values) {
  let sum = 0; // of zeros, but where something is not finite
  for (let i = 0; i < values.length; i++) sum += values[i] * 0;
  if (sum !== 0) {
    throw new BundleError(`the ${kind} network of ${bundle.name} gave values that are not finite`);
  }
}
