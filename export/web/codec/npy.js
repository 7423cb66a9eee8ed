import { BundleError, shown } from './errors.js';

const MAGIC = '\x93NUMPY';
const MAX_HEADER = 1000; // bytes; NumPy writes 118 for a few axes
/** @type {Record<string, typeof Int8Array | typeof Int32Array | typeof Float32Array>} */
const TYPES = { '|i1': Int8Array, '<i4': Int32Array, '<f4': Float32Array };
const HEADER = new RegExp(
  "^\\{'descr': '(\\|i1|<i4|<f4)', 'fortran_order': (True|False), " +
    "'shape': \\(((?:\\d{1,9}(?:, )?){0,4}),?\\), \\} *\\n$",
);

/**
 * An array of a bundle, row-major. JavaScript runs on little-endian machines alone, as the files.
 *
 * @typedef {object} NpyArray
 * @property {string} type as NumPy writes it
 * @property {number[]} shape
 * @property {Int8Array | Int32Array | Float32Array} data
 */

/**
 * Reads an array in NumPy's format: int8, int32 or float32 of at most four axes. Nothing is made
 * before its size is known to be that of the data.
 *
 * @param {Uint8Array} file
 * @param {string} name how an error calls the array
 * @returns {NpyArray}
 */
export function parseNpy(file, name) {
  const start = file[6] === 1 ? 10 : 12; // after a length of two bytes, in later versions of four
  const text = latin(file.subarray(0, MAX_HEADER + start));
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (!text.startsWith(MAGIC) || file.length < 12) {
    throw new BundleError(`the array ${shown(name)} is not in NumPy's format; export again`);
  }
  const end = start + (start === 10 ? view.getUint16(8, true) : view.getUint32(8, true));
  const found = end <= text.length && HEADER.exec(text.slice(start, end));
  if (!found) {
    throw new BundleError(
      `the array ${shown(name)} has no header of an int8, int32 or float32 array; export again`,
    );
  }
  const [, type, fortran, sizes] = found;
  const shape = sizes
    .split(',')
    .filter((size) => size.trim())
    .map(Number);
  const Type = TYPES[type];
  const count = shape.reduce((product, size) => product * size, 1);
  if (count * Type.BYTES_PER_ELEMENT !== file.length - end) {
    throw new BundleError(
      `the array ${shown(name)} holds ${file.length - end} bytes, which are not ` +
        `${shape.join('x')} elements; copy the bundle again`,
    );
  }
  const data = new Type(file.slice(end).buffer);
  return { type, shape, data: fortran === 'True' ? rowMajor(data, shape) : data };
}

/**
 * Reorders elements of which the first axis changes fastest.
 *
 * @template {Int8Array | Int32Array | Float32Array} T
 * @param {T} data
 * @param {number[]} shape
 * @returns {T}
 */
function rowMajor(data, shape) {
  const result = data.slice();
  const place = shape.map(() => 0);
  for (let to = 0; to < data.length; to++) {
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) from = from * shape[axis] + place[axis];
    result[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0 && ++place[axis] === shape[axis]; axis--) {
      place[axis] = 0;
    }
  }
  return /** @type {T} */ (result);
}

/** @param {Uint8Array} bytes */
function latin(bytes) {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
