import { BundleError, UsageError, shown } from './errors.js';
import { HYPER_STRIDE, QUALITIES, STRIDE } from './geometry.js';
import { MODEL_ID_BYTES } from './header.js';
import { Manifest } from './manifest.js';
import { requireKnown, takeArray } from './normative.js';

export const FORMAT = 1;
export const CONTEXT = 3; // with a context model
const SCALES = 64;
const FRACTIONS = 8; // of the means of a context model, a table each
const MAX_CHANNELS = 1024;
const MAX_GAIN = 1e6;
const MAX_TILE = 256;
/** A halo that stands for "an output depends on the whole input". */
const WHOLE = 2 ** 20;

/** @typedef {'analysis' | 'hyper_analysis' | 'mean' | 'synthesis'} NetworkKind */

/**
 * How many input positions a cell of each kind of network has a side, and how many output positions
 * it becomes.
 *
 * @type {Record<NetworkKind, { cell: number, out: number }>}
 */
const CELLS = {
  analysis: { cell: STRIDE, out: 1 },
  hyper_analysis: { cell: HYPER_STRIDE, out: 1 },
  mean: { cell: 1, out: HYPER_STRIDE },
  synthesis: { cell: 1, out: STRIDE },
};

/**
 * One network of a bundle.
 *
 * @typedef {object} BundlePart
 * @property {NetworkKind} kind
 * @property {number} realism 0 but for decoders
 * @property {string} file
 * @property {import('./tiling.js').Geometry} geometry
 * @property {number} channels of the output
 */

/**
 * A model of pictures of one size: everything a codec needs to run ("Bundle" of the format),
 * checked as it is loaded. The files are those of the Python codec. Networks are fetched when they
 * are first used, since decoding needs less than half of them.
 */
export class Bundle {
  /**
   * @param {Manifest} manifest
   * @param {import('./normative.js').Normative} normative
   * @param {import('./normative.js').Arrays} gains
   * @param {(name: string) => Promise<Uint8Array>} readFile files of the manifest, hash checked
   */
  constructor(manifest, normative, gains, readFile) {
    this.name = manifest.name('name');
    this.digest = manifest.string('normative_sha256');
    this.readFile = readFile;
    this.zTables = normative.zTables;
    this.yTables = normative.yTables;
    this.scaleDecoder = normative.scaleDecoder;
    this.context = normative.context;
    requireKnown(gains, new Set(['gain', 'inverse_gain']));
    const gain = takeArray(gains, 'gain', 2, '<f4');
    /** Latents and hyper-latents have so many channels. */
    this.channels = gain.shape[1];
    this.hyperChannels = this.zTables.rows;
    /** What latents are multiplied with before rounding, [quality, channel]. */
    this.gain = this.#gains(gain);
    /** What decoded latents are multiplied with. */
    this.inverseGain = this.#gains(takeArray(gains, 'inverse_gain', 2, '<f4'));
    this.#check(manifest);
    /** @type {BundlePart[]} */
    this.parts = [];
    this.#readParts(manifest);
  }

  /** The realism of each decoder, in rising order. */
  get realisms() {
    const decoders = this.parts.filter((part) => part.kind === 'synthesis');
    return decoders.map((part) => part.realism).sort((a, b) => a - b);
  }

  /**
   * One of the networks.
   *
   * @param {NetworkKind} kind
   * @param {number} realism which decoder; 0 for other kinds
   */
  part(kind, realism = 0) {
    const found = this.parts.find((part) => part.kind === kind && part.realism === realism);
    if (!found) {
      throw new UsageError(
        `${this.name} has no decoder of realism ${realism}; it has: ${this.realisms.join(', ')}`,
      );
    }
    return found;
  }

  /** @param {import('./npy.js').NpyArray} array */
  #gains({ shape, data }) {
    expect('shape of gains', shape.join(), `${QUALITIES},${this.channels}`);
    for (const value of data) {
      if (!(Math.abs(value) <= MAX_GAIN)) throw new BundleError(`a gain is ${value}: export again`);
    }
    return /** @type {Float32Array} */ (data);
  }

  /** @param {Manifest} manifest */
  #check(manifest) {
    const { scaleDecoder, context, channels, hyperChannels } = this;
    if (Math.max(channels, hyperChannels) > MAX_CHANNELS || channels < 1) {
      throw new BundleError(`the model has more than ${MAX_CHANNELS} channels: export again`);
    }
    const features = channels * (context ? context.hyperFeatures : 1);
    /** @type {[string, unknown, unknown][]} */
    const pairs = [
      ['bundle format', manifest.integer('format', 99), context ? CONTEXT : FORMAT],
      ['model_id', manifest.string('model_id'), this.digest.slice(0, 2 * MODEL_ID_BYTES)],
      ['latent_channels', manifest.integer('latent_channels', MAX_CHANNELS), channels],
      ['hyper_channels', manifest.integer('hyper_channels', MAX_CHANNELS), hyperChannels],
      ['stride', manifest.integer('stride', STRIDE), STRIDE],
      ['hyper_stride', manifest.integer('hyper_stride', HYPER_STRIDE), HYPER_STRIDE],
      ['number of y tables', this.yTables.rows, SCALES * (context ? FRACTIONS : 1)],
      ['scale decoder input', scaleDecoder.inputs, hyperChannels],
      ['scale decoder output', scaleDecoder.outputs, features],
      ['scale decoder stride', scaleDecoder.upscale, HYPER_STRIDE],
    ];
    for (const [what, found, expected] of pairs) expect(what, found, expected);
    if (!context && scaleDecoder.maximum >= SCALES) {
      throw new BundleError(`scale decoder maximum is ${scaleDecoder.maximum}: export again`);
    }
  }

  /** @param {Manifest} manifest */
  #readParts(manifest) {
    const networks = manifest.child('networks');
    const files = manifest.child('files').values;
    /**
     * @param {NetworkKind} kind
     * @param {Manifest} entry
     */
    const add = (kind, entry) => {
      const realism = kind === 'synthesis' ? entry.number('realism', 1) : 0;
      const halo = entry.integer('halo', WHOLE);
      const tile = entry.values.has('tile') ? entry.integer('tile', MAX_TILE) : 0;
      const { cell, out } = CELLS[kind];
      const file = entry.name('file');
      if (!files.has(file)) {
        throw new BundleError(
          `${file}, the ${kind} network, is missing from files of the manifest`,
        );
      }
      if (tile && tile <= 2 * Math.ceil(halo / cell)) {
        throw new BundleError(`a halo of ${halo} takes all of a tile of ${tile}; export again`);
      }
      if (this.parts.some((part) => part.kind === kind && part.realism === realism)) {
        throw new BundleError(`there are two decoders of realism ${realism}`);
      }
      const others = kind === 'hyper_analysis' ? this.hyperChannels : this.channels;
      const channels = kind === 'synthesis' ? 3 : others;
      this.parts.push({ kind, realism, file, geometry: { cell, out, halo, tile }, channels });
    };
    add('analysis', networks.child('analysis'));
    add('hyper_analysis', networks.child('hyper_analysis'));
    if (!this.context) add('mean', networks.child('mean'));
    for (const entry of networks.list('synthesis')) {
      add('synthesis', new Manifest(entry, 'synthesis of the manifest'));
    }
    if (!this.realisms.length) {
      throw new BundleError('the synthesis network is missing; export the bundle again');
    }
  }
}

/**
 * Throws where something in a bundle is not what it must be.
 *
 * @param {string} what
 * @param {unknown} found
 * @param {unknown} expected
 */
export function expect(what, found, expected) {
  if (found !== expected) {
    throw new BundleError(`${what} is ${shown(found)}, expected ${shown(expected)}`);
  }
}
