/**
 * Codes pictures with a bundle in layers: a stream for each size of the picture, coarse to fine,
 * each but the first for the difference from the doubled picture of those before.
 */

import { FloatGrid } from './float-grid.js';
import { STRIDE, ceilDiv, padded } from './geometry.js';
import { analysed, decodedLatents, quantized } from './hyperprior-coder.js';
import { doubledWindow, halved } from './pyramid.js';
import { decodeSymbols, encodeSymbols, requireLength } from './symbol-coder.js';

/** @typedef {import('./bundle.js').Bundle} Bundle */
/** @typedef {import('./networks.js').Source} Source */
/** @typedef {import('./networks.js').Sink} Sink */
/** @typedef {import('./pace.js').Pace} Pace */

/** Is the `PictureCoder` (see `coders.js`) of models in layers. */
export class LayeredCoder {
  qualities = 1;

  /**
   * @param {Bundle[]} bundles coarse to fine
   * @param {import('./networks.js').Networks} networks
   */
  constructor(bundles, networks) {
    this.bundles = bundles;
    this.networks = networks;
    this.layers = bundles.length;
  }

  /**
   * @param {import('./coders.js').Streams} file
   * @param {number} realism
   * @param {Sink} sink
   * @param {Pace} pace
   */
  async decode({ width, height, streams }, realism, sink, pace) {
    for (const [number, stream] of streams.entries()) {
      const size = this.#size(number, height, width).map((side) => side / STRIDE);
      requireLength(this.bundles[number], stream.length, size[0], size[1]);
    }
    /** @type {FloatGrid | null} */
    let coarser = null;
    for (const [number, stream] of streams.entries()) {
      // Each has four times the pixels of the one before.
      pace.stage(number && 4 ** (number - streams.length), 4 ** (number + 1 - streams.length));
      const [high, wide] = this.#size(number, height, width);
      const last = number === streams.length - 1;
      /** @type {FloatGrid | null} */
      const whole = last ? null : new FloatGrid(high, wide, 3);
      const paste = whole ? pasteInto(whole) : sink;
      await this.#decodeLayer(number, stream, realism, { high, wide }, added(coarser, paste), pace);
      coarser = whole;
    }
  }

  /**
   * @param {Source} picture
   * @param {Pace} pace
   * @returns {Promise<import('./coders.js').Encoding>}
   */
  async encode(picture, pace) {
    const whole = await picture.window(0, 0, picture.height, picture.width);
    const streams = await this.#encodeLayers(whole, pace);
    const bytes = streams.reduce((sum, stream) => sum + stream.length, 0);
    return { streams: async () => streams, bytes: async () => bytes };
  }

  /**
   * Returns the streams of a picture, coarse to fine.
   *
   * @param {FloatGrid} whole RGB 0..255
   * @param {Pace} pace
   */
  async #encodeLayers(whole, pace) {
    const { networks, bundles } = this;
    const targets = [whole];
    while (targets.length < this.layers) targets.unshift(halved(targets[0]));
    // The most faithful decoder predicts the larger sizes best.
    const common = bundles[0].realisms.filter((realism) => {
      return bundles.every((bundle) => bundle.realisms.includes(realism));
    });
    const streams = [];
    /** @type {FloatGrid | null} */
    let coarser = null;
    for (const [number, target] of targets.entries()) {
      const bundle = bundles[number];
      const [high, wide] = [padded(target.height, STRIDE), padded(target.width, STRIDE)];
      const x = target.extended(high, wide);
      const source = lacking(x, coarser);
      const latents = await analysed(networks, bundle, source, pace);
      const symbols = await quantized(networks, bundle, latents, 0, pace);
      const stream = await encodeSymbols(bundle, symbols, pace);
      streams.push(stream);
      if (number === this.layers - 1) break;
      const decoded = new FloatGrid(high, wide, 3);
      const sink = added(coarser, pasteInto(decoded));
      await this.#decodeLayer(number, stream, common[0], { high, wide }, sink, pace);
      coarser = decoded;
    }
    return streams;
  }

  /**
   * @param {number} number
   * @param {Uint8Array} stream
   * @param {number} realism
   * @param {{ high: number, wide: number }} size padded
   * @param {Sink} sink
   * @param {Pace} pace
   */
  async #decodeLayer(number, stream, realism, { high, wide }, sink, pace) {
    const { networks } = this;
    const bundle = this.bundles[number];
    const decoder = bundle.part('synthesis', realism);
    networks.prepare(bundle, decoder);
    const symbols = await decodeSymbols(bundle, stream, high / STRIDE, wide / STRIDE, pace);
    const latents = decodedLatents(networks, bundle, symbols, 0, pace);
    await networks.run(bundle, decoder, latents, sink, pace, true);
  }

  /**
   * Height and width of a layer's picture, padded to whole latents.
   *
   * @param {number} number of the layer
   * @param {number} height of the whole picture
   * @param {number} width
   */
  #size(number, height, width) {
    const scale = 2 ** (this.layers - 1 - number);
    return [height, width].map((side) => padded(ceilDiv(side, scale), STRIDE));
  }
}

/**
 * What a picture has that the doubled picture before lacks.
 *
 * @param {FloatGrid} x
 * @param {FloatGrid | null} coarser
 * @returns {Source}
 */
function lacking(x, coarser) {
  return {
    height: x.height,
    width: x.width,
    window(top, left, height, width) {
      const part = x.crop(top, left, height, width);
      if (!coarser) return part;
      const prediction = doubledWindow(coarser, top, left, height, width);
      const values = part.values.map((value, i) => value - prediction.values[i]);
      return new FloatGrid(height, width, 3, values);
    },
  };
}

/**
 * A sink that adds the doubled picture before, and hands on.
 *
 * @param {FloatGrid | null} coarser
 * @param {Sink} sink
 * @returns {Sink}
 */
function added(coarser, sink) {
  if (!coarser) return sink;
  return (part, top, left) => {
    const sum = doubledWindow(coarser, top, left, part.height, part.width);
    for (let i = 0; i < sum.values.length; i++) sum.values[i] += part.values[i];
    sink(sum, top, left);
  };
}

/**
 * @param {FloatGrid} whole
 * @returns {Sink}
 */
function pasteInto(whole) {
  return (part, top, left) => whole.paste(part, top, left);
}
