/** The part of a bundle that decides how streams are parsed, and its hash. */

import { CodingTables } from './coding-tables.js';
import { ContextModel } from './context-model.js';
import { BundleError, shown } from './errors.js';
import { sha256 } from './hashes.js';
import { IntegerConv } from './integer-conv.js';
import { ScaleDecoder } from './scale-decoder.js';

/** @typedef {Map<string, import('./npy.js').NpyArray>} Arrays */

/**
 * @typedef {object} Normative
 * @property {CodingTables} zTables
 * @property {CodingTables} yTables
 * @property {ScaleDecoder} scaleDecoder
 * @property {ContextModel | null} context
 */

/**
 * Reads and checks the arrays of `normative.npz`, whose hash must be `digest`.
 *
 * @param {Arrays} arrays
 * @param {string} digest
 * @returns {Promise<Normative>}
 */
export async function readNormative(arrays, digest) {
  if ((await normativeHash(arrays)) !== digest) {
    throw new BundleError('the normative part does not match its hash; export the bundle again');
  }
  const used = new Set();
  /**
   * @param {string} name
   * @param {number} axes
   * @param {string[]} types
   */
  const take = (name, axes, ...types) => {
    used.add(name);
    return takeArray(arrays, name, axes, ...types);
  };
  /** @param {string} name */
  const ints = (name) => /** @type {Int32Array} */ (take(name, 1, '<i4').data);
  /** @param {string} prefix */
  const tables = (prefix) => {
    const cdf = take(`${prefix}_cdf`, 2, '<i4');
    const values = /** @type {Int32Array} */ (cdf.data);
    const [length, offset] = [ints(`${prefix}_length`), ints(`${prefix}_offset`)];
    return new CodingTables(cdf.shape[1], values, length, offset, true);
  };
  /** @param {string} name */
  const layer = (name) => {
    const kernel = integers(take(`${name}_kernel`, 4, '|i1', '<i4'));
    const params = ints(`${name}_params`);
    if (params.length !== 3) {
      throw new BundleError(`${name}_params has ${params.length} numbers, expected 3`);
    }
    return { kernel, bias: ints(`${name}_bias`), params, name };
  };
  /** @param {string} chain */
  const layers = (chain) => {
    const found = [];
    while (arrays.has(`${chain}${found.length}_kernel`))
      found.push(layer(`${chain}${found.length}`));
    return found.map(
      ({ kernel, bias, params, name }) => new IntegerConv(kernel, bias, params, name),
    );
  };
  const scaleDecoder = new ScaleDecoder(layers('scale'));
  let context = null;
  if (arrays.has('context_kernel')) {
    const axes = Array.from(ints('context_axes'));
    context = new ContextModel(
      axes,
      layer('context'),
      layers('joint'),
      layer('table'),
      layer('mean'),
    );
  }
  const found = { zTables: tables('z'), yTables: tables('y'), scaleDecoder, context };
  requireKnown(arrays, used);
  return found;
}

/**
 * Throws where an array is none that somebody reads.
 *
 * @param {Arrays} arrays
 * @param {Set<string>} known
 */
export function requireKnown(arrays, known) {
  for (const name of arrays.keys()) {
    if (!known.has(name)) {
      throw new BundleError(`the array ${shown(name)} is not known; export the bundle again`);
    }
  }
}

/**
 * Returns an array that has so many axes and one of the types.
 *
 * @param {Arrays} arrays
 * @param {string} name
 * @param {number} axes
 * @param {string[]} types as NumPy writes them
 */
export function takeArray(arrays, name, axes, ...types) {
  const array = arrays.get(name);
  if (!array || array.shape.length !== axes || !types.includes(array.type)) {
    const found = array ? `${array.type} [${array.shape}]` : 'missing';
    throw new BundleError(
      `the array ${name} is ${found}, expected ${types.join(' or ')} of ${axes} axes; export again`,
    );
  }
  return array;
}

/**
 * The normative hash ("Normative hash" of the format) in hexadecimal digits.
 *
 * @param {Arrays} arrays
 */
export function normativeHash(arrays) {
  const parts = [];
  for (const name of [...arrays.keys()].sort()) {
    const { type, shape, data } = /** @type {import('./npy.js').NpyArray} */ (arrays.get(name));
    const head = new TextEncoder().encode(`${name}\0${type}\0${shape.join()}\0`);
    parts.push(head, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return sha256(whole);
}

/**
 * @param {import('./npy.js').NpyArray} array
 * @returns {import('./integer-conv.js').IntegerArray}
 */
function integers({ shape, data }) {
  return { shape, data: /** @type {Int8Array | Int32Array} */ (data) };
}
