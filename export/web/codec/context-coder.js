/**
 * Codes pictures with a bundle that has a context model: one stream, one quality. The stream holds
 * the hyper-latents, a check of the features that follow from them, and the latents, front after
 * front.
 */

import { BitstreamError } from './errors.js';
import { FloatGrid } from './float-grid.js';
import { HYPER_STRIDE, STRIDE, ceilDiv, rounded } from './geometry.js';
import { MAX_RESIDUAL, analysed, hyperLatentsOf, scaledLatents } from './hyperprior-coder.js';
import { Predictor } from './predictor.js';
import { RangeDecoder } from './range-decoder.js';
import { RangeEncoder } from './range-encoder.js';
import { decodeHead, encodeHead, finish } from './symbol-coder.js';
import { fronts } from './wavefront.js';

const AT_ONCE = 4096; // latents predicted together

/**
 * What a stream says of latents [height, width, channels].
 *
 * @typedef {object} ContextSymbols
 * @property {number} height
 * @property {number} width
 * @property {Int32Array} z hyper-latents
 * @property {Uint8Array} features [height, width, features], computed from z
 * @property {Int32Array} q the rounded latents
 */

/** @typedef {import('./bundle.js').Bundle} Bundle */
/** @typedef {import('./pace.js').Pace} Pace */

/** Is the `PictureCoder` (see `coders.js`) of models with a context model. */
export class ContextCoder {
  layers = 1;
  qualities = 1;

  /**
   * @param {Bundle} bundle
   * @param {import('./networks.js').Networks} networks
   */
  constructor(bundle, networks) {
    this.bundle = bundle;
    this.networks = networks;
  }

  /**
   * @param {import('./coders.js').Streams} file
   * @param {number} realism
   * @param {import('./networks.js').Sink} sink
   * @param {Pace} pace
   */
  async decode({ width, height, streams, tiles }, realism, sink, pace) {
    if (tiles) {
      throw new BitstreamError('files of models with a context model have no tiles: it is damaged');
    }
    const { bundle, networks } = this;
    const decoder = bundle.part('synthesis', realism);
    networks.prepare(bundle, decoder);
    pace.stage(0, 1 / 2);
    const size = [ceilDiv(height, STRIDE), ceilDiv(width, STRIDE)];
    const symbols = await decodeContextSymbols(bundle, streams[0], size[0], size[1], pace);
    pace.stage(1 / 2, 1);
    await networks.run(bundle, decoder, decodedLatents(bundle, symbols), sink, pace, true);
  }

  /**
   * @param {import('./networks.js').Source} picture
   * @param {Pace} pace
   * @returns {Promise<import('./coders.js').Encoding>}
   */
  async encode(picture, pace) {
    const { bundle, networks } = this;
    const latents = await analysed(networks, bundle, picture, pace);
    const { height, width } = latents;
    const scaled = scaledLatents(bundle, latents, 0);
    const z = await hyperLatentsOf(networks, bundle, scaled, pace);
    const grid = { rows: ceilDiv(height, HYPER_STRIDE), columns: ceilDiv(width, HYPER_STRIDE) };
    const features = await bundle.scaleDecoder.indexes(z, { ...grid, height, width }, pace);
    const v = scaled.window(0, 0, height, width).values;
    const q = Int32Array.from(v, (value) => rounded(value, -MAX_RESIDUAL, MAX_RESIDUAL));
    const stream = await encodeContextSymbols(bundle, { height, width, z, features, q }, pace);
    return { streams: async () => [stream], bytes: async () => stream.length };
  }
}

/**
 * Reads the symbols of latents of this size.
 *
 * @param {Bundle} bundle
 * @param {Uint8Array} stream
 * @param {number} height
 * @param {number} width
 * @param {Pace} pace
 * @returns {Promise<ContextSymbols>}
 */
export async function decodeContextSymbols(bundle, stream, height, width, pace) {
  const decoder = new RangeDecoder(stream);
  const { z, indexes: features } = await decodeHead(bundle, decoder, height, width, pace);
  const q = new Int32Array(height * width * bundle.channels);
  await walk(bundle, { height, width, features }, pace, (predictor, { lines, depths }, part) => {
    const values = new Int32Array(part.count);
    decoder.decode(bundle.yTables, part.tables, values, part.count);
    for (let i = 0; i < part.count; i++) {
      const [line, depth] = [lines[part.start + i], depths[part.start + i]];
      const value = values[i] + part.means[i];
      q[predictor.place(line, depth)] = value;
      predictor.put(line, depth, value);
    }
  });
  decoder.finish();
  return { height, width, z, features, q };
}

/**
 * Writes symbols as one stream.
 *
 * @param {Bundle} bundle
 * @param {ContextSymbols} symbols
 * @param {Pace} pace
 */
export async function encodeContextSymbols(bundle, symbols, pace) {
  const { z, features, q } = symbols;
  const encoder = new RangeEncoder();
  await encodeHead(bundle, encoder, z, features, pace);
  await walk(bundle, symbols, pace, (predictor, { lines, depths }, part) => {
    for (let i = 0; i < part.count; i++) {
      const [line, depth] = [lines[part.start + i], depths[part.start + i]];
      const value = q[predictor.place(line, depth)];
      part.means[i] = value - part.means[i];
      predictor.put(line, depth, value);
    }
    encoder.encode(bundle.yTables, part.tables, part.means, part.count);
  });
  return finish(bundle, encoder, z);
}

/**
 * Some latents of a front, predicted: from `start` on, with the table of each and the whole part of
 * its mean.
 *
 * @typedef {{ start: number, count: number, tables: Uint16Array, means: Int32Array }} Part
 */

/**
 * Goes over all latents in the order of the stream.
 *
 * @param {Bundle} bundle
 * @param {{ height: number, width: number, features: Uint8Array }} symbols
 * @param {Pace} pace
 * @param {(predictor: Predictor, front: import('./wavefront.js').Front, part: Part) => void} visit
 *     codes the latents and puts them on the predictor's canvas
 */
async function walk(bundle, { height, width, features }, pace, visit) {
  const model = /** @type {import('./context-model.js').ContextModel} */ (bundle.context);
  const predictor = new Predictor(model, features, [height, width, bundle.channels]);
  const all = height * width * bundle.channels;
  const [tables, means] = [new Uint16Array(AT_ONCE), new Int32Array(AT_ONCE)];
  let done = 0;
  for (const front of fronts(predictor.shape, model.kernel)) {
    for (let start = 0; start < front.lines.length; start += AT_ONCE) {
      await pace.step(done / all);
      const count = Math.min(AT_ONCE, front.lines.length - start);
      predictor.predict(front, start, count, tables, means);
      visit(predictor, front, { start, count, tables, means });
      done += count;
    }
  }
}

/**
 * @param {Bundle} bundle
 * @param {ContextSymbols} symbols
 * @returns {import('./networks.js').Source}
 */
function decodedLatents({ channels, inverseGain }, { height, width, q }) {
  return {
    height,
    width,
    window(top, left, high, wide) {
      const part = new FloatGrid(high, wide, channels);
      for (let y = 0; y < high; y++) {
        const from = ((top + y) * width + left) * channels;
        const to = part.at(y, 0);
        for (let i = 0; i < wide * channels; i++) {
          part.values[to + i] = Math.fround(q[from + i]) * inverseGain[i % channels];
        }
      }
      return part;
    },
  };
}
