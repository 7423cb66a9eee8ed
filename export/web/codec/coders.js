/** Chooses the way of coding pictures that a model needs, and says what all ways offer. */

import { ContextCoder } from './context-coder.js';
import { HyperpriorCoder } from './hyperprior-coder.js';
import { LayeredCoder } from './layered-coder.js';

/**
 * What of a file decides its pixels.
 *
 * @typedef {object} Streams
 * @property {number} width of the whole picture
 * @property {number} height
 * @property {number} quality
 * @property {Uint8Array[]} streams one, or some layers, coarse to fine
 * @property {import('./tiles.js').Tile[] | null} tiles in place of streams
 */

/**
 * An analysed picture, of which files of any quality can be made.
 *
 * @typedef {object} Encoding
 * @property {(quality: number) => Promise<Uint8Array[]>} streams of a file
 * @property {(quality: number) => Promise<number>} bytes of all streams, right to a few
 */

/**
 * Turns pictures into the streams of a file and back, with one model. Decoding gives RGB values
 * that are not rounded yet, part by part, also beyond the right and lower edge of the picture.
 *
 * @typedef {object} PictureCoder
 * @property {number} layers how many streams a file has
 * @property {number} qualities how many levels there are, from 0
 * @property {(file: Streams, realism: number, sink: import('./networks.js').Sink,
 *     pace: import('./pace.js').Pace) => Promise<void>} decode
 * @property {(picture: import('./networks.js').Source, pace: import('./pace.js').Pace) =>
 *     Promise<Encoding>} encode takes RGB 0..255, [height, width, 3]
 */

/**
 * @param {import('./bundle.js').Bundle[]} bundles one, or one for each layer
 * @param {import('./networks.js').Networks} networks
 * @returns {PictureCoder}
 */
export function coderOf(bundles, networks) {
  if (bundles.length > 1) return new LayeredCoder(bundles, networks);
  const [bundle] = bundles;
  return new (bundle.context ? ContextCoder : HyperpriorCoder)(bundle, networks);
}
