/**
 * Symbols to a stream and back ("Payload" of the format): hyper-latents, the check of the index map
 * that follows from them, then the residuals where the index is not 0.
 */

import { crc16 } from './checksums.js';
import { BYTES } from './coding-tables.js';
import { BitstreamError } from './errors.js';
import { HYPER_STRIDE, ceilDiv } from './geometry.js';
import { RangeDecoder } from './range-decoder.js';
import { RangeEncoder } from './range-encoder.js';
import { checkHyperLatents } from './scale-decoder.js';

/** Symbols that are read or written between two looks at what else there is to do. */
const STRETCH = 1 << 14;

/**
 * What a stream says of latents [height, width, channels]; all integers, row-major.
 *
 * @typedef {object} Symbols
 * @property {number} height
 * @property {number} width
 * @property {Int32Array} z hyper-latents [ceil(height / 4), ceil(width / 4), hyper channels]
 * @property {Uint8Array} indexes table of each latent, 0..63; follows from z
 * @property {Int32Array} residuals 0 where the index is 0
 */

/** @typedef {import('./bundle.js').Bundle} Bundle */
/** @typedef {import('./pace.js').Pace} Pace */

/**
 * Reads the symbols of latents of this size.
 *
 * @param {Bundle} bundle
 * @param {Uint8Array} stream
 * @param {number} height
 * @param {number} width
 * @param {Pace} pace
 * @returns {Promise<Symbols>}
 */
export async function decodeSymbols(bundle, stream, height, width, pace) {
  const decoder = new RangeDecoder(stream);
  const { z, indexes } = await decodeHead(bundle, decoder, height, width, pace);
  const residuals = new Int32Array(indexes.length);
  const rows = new Uint8Array(STRETCH);
  const [places, values] = [new Int32Array(STRETCH), new Int32Array(STRETCH)];
  for (let start = 0; start < indexes.length; start += STRETCH) {
    await pace.step(start / indexes.length);
    const stop = Math.min(start + STRETCH, indexes.length);
    const count = gatherCoded(indexes, start, stop, rows, places);
    decoder.decode(bundle.yTables, rows, values, count);
    scatter(values, places, count, residuals);
  }
  decoder.finish();
  return { height, width, z, indexes, residuals };
}

/**
 * Writes symbols as one stream.
 *
 * @param {Bundle} bundle
 * @param {Symbols} symbols
 * @param {Pace} pace
 */
export async function encodeSymbols(bundle, { z, indexes, residuals }, pace) {
  const encoder = new RangeEncoder();
  await encodeHead(bundle, encoder, z, indexes, pace);
  const rows = new Uint8Array(STRETCH);
  const [places, values] = [new Int32Array(STRETCH), new Int32Array(STRETCH)];
  for (let start = 0; start < indexes.length; start += STRETCH) {
    await pace.step();
    const stop = Math.min(start + STRETCH, indexes.length);
    const count = gatherCoded(indexes, start, stop, rows, places);
    for (let i = 0; i < count; i++) values[i] = residuals[places[i]];
    encoder.encode(bundle.yTables, rows, values, count);
  }
  return finish(bundle, encoder, z);
}

/**
 * About how many bits `encodeSymbols` will write, in a fraction of the time.
 *
 * @param {Bundle} bundle
 * @param {Symbols} symbols
 */
export function estimateBits({ zTables, yTables }, { z, indexes, residuals }) {
  let bits = 16;
  for (let i = 0; i < z.length; i++) bits += zTables.bits(i % zTables.rows, z[i]);
  for (let i = 0; i < indexes.length; i++) {
    if (indexes[i] !== 0) bits += yTables.bits(indexes[i], residuals[i]);
  }
  return bits;
}

/**
 * How many bytes every stream of latents of this size has at least ("Least length").
 *
 * @param {Bundle} bundle
 * @param {number} height
 * @param {number} width
 */
export function leastBytes(bundle, height, width) {
  return leastBytesOf(bundle, ceilDiv(height, HYPER_STRIDE) * ceilDiv(width, HYPER_STRIDE));
}

/**
 * Throws if a stream is too short for latents of this size, so that nobody works for what a few
 * bytes claim.
 *
 * @param {Bundle} bundle
 * @param {number} bytes
 * @param {number} height
 * @param {number} width
 */
export function requireLength(bundle, bytes, height, width) {
  const least = leastBytes(bundle, height, width);
  if (bytes < least) {
    throw new BitstreamError(
      `the coded data has ${bytes} bytes, of ${least} that a picture of this size takes at ` +
        'least: the file is damaged',
    );
  }
}

/**
 * Reads what every stream begins with: z, and the check of the index map computed from it.
 *
 * @param {Bundle} bundle
 * @param {RangeDecoder} decoder
 * @param {number} height
 * @param {number} width
 * @param {Pace} pace
 */
export async function decodeHead(bundle, decoder, height, width, pace) {
  requireLength(bundle, decoder.length, height, width);
  const { zTables } = bundle;
  const size = {
    rows: ceilDiv(height, HYPER_STRIDE),
    columns: ceilDiv(width, HYPER_STRIDE),
    height,
    width,
  };
  const z = new Int32Array(size.rows * size.columns * zTables.rows);
  const row = size.columns * zTables.rows;
  const numbers = channelNumbers(Math.min(row, z.length), zTables.rows);
  // Row by row: damage shows in one of the first as a rule.
  for (let start = 0; start < z.length; start += row) {
    await pace.step();
    decoder.decode(zTables, numbers, z.subarray(start, start + row));
    checkHyperLatents(z, start, start + row);
  }
  const indexes = await bundle.scaleDecoder.indexes(z, size, pace);
  const check = new Int32Array(2);
  decoder.decode(BYTES, new Uint8Array(2), check);
  if (check[0] * 256 + check[1] !== crc16(indexes)) {
    throw new BitstreamError('the coded data is damaged (the check of its scales fails)');
  }
  return { z, indexes };
}

/**
 * Writes what `decodeHead` reads.
 *
 * @param {Bundle} bundle
 * @param {RangeEncoder} encoder
 * @param {Int32Array} z
 * @param {Uint8Array} indexes
 * @param {Pace} pace
 */
export async function encodeHead({ zTables }, encoder, z, indexes, pace) {
  const numbers = channelNumbers(Math.min(STRETCH * zTables.rows, z.length), zTables.rows);
  for (let start = 0; start < z.length; start += numbers.length) {
    await pace.step();
    const values = z.subarray(start, start + numbers.length);
    encoder.encode(zTables, numbers, values, values.length);
  }
  const check = crc16(indexes);
  encoder.encode(BYTES, [0, 0], [check >> 8, check & 0xff]);
}

/**
 * Returns a whole stream that began with z. The range coder leaves zeros at the end away, all of
 * them if chance has it; they are put back up to the least length.
 *
 * @param {Bundle} bundle
 * @param {RangeEncoder} encoder
 * @param {Int32Array} z
 */
export function finish(bundle, encoder, z) {
  const stream = encoder.finish();
  const least = leastBytesOf(bundle, z.length / bundle.zTables.rows);
  if (stream.length >= least) return stream;
  const longer = new Uint8Array(least);
  longer.set(stream);
  return longer;
}

/**
 * @param {Bundle} bundle
 * @param {number} cells
 */
function leastBytesOf({ zTables }, cells) {
  return Math.max(0, Math.floor((cells * zTables.leastBitsOfAll()) / (8 * 256)) - 1);
}

/**
 * Collects the indexes that are not 0, and where they stand; returns how many there are.
 *
 * @param {Uint8Array} indexes
 * @param {number} start
 * @param {number} stop
 * @param {Uint8Array} rows
 * @param {Int32Array} places
 */
function gatherCoded(indexes, start, stop, rows, places) {
  let count = 0;
  for (let i = start; i < stop; i++) {
    const index = indexes[i];
    rows[count] = index;
    places[count] = i;
    count += (index + 63) >> 6; // 1 but for index 0, without a branch that nobody can predict
  }
  return count;
}

/**
 * Puts values where they belong.
 *
 * @param {Int32Array} values
 * @param {Int32Array} places
 * @param {number} count
 * @param {Int32Array} all
 */
function scatter(values, places, count, all) {
  for (let i = 0; i < count; i++) all[places[i]] = values[i];
}

/**
 * The table of each hyper-latent, which is the number of its channel.
 *
 * @param {number} count
 * @param {number} channels
 */
function channelNumbers(count, channels) {
  return Uint16Array.from({ length: count }, (_, i) => i % channels);
}
