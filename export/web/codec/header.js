/**
 * What a file says before its streams ("Container" of the format). Nothing is unpacked here, and
 * nothing allocated by a number from the file.
 */

import { ByteReader } from './byte-reader.js';
import { BitstreamError } from './errors.js';
import { NUMBERS } from './known-profiles.js';
import { takeIndex } from './tiles.js';

export const MAGIC = [0x54, 0x47, 0x43]; // TGC
/** The three layouts: one stream, one for each layer, or one for each tile. */
export const VERSION = 1;
export const LAYERED = 2;
const TILED = 3;
export const MAX_LAYERS = 4;
/** The largest picture that the format holds. */
export const MAX_PIXELS = 2 ** 28;
/** Sides below this count as this long: pictures are padded to it. */
const NARROWEST = 64;
export const BOUNDS = `1 to ${MAX_PIXELS} pixels, sides below ${NARROWEST} counted as ${NARROWEST}`;
export const FLAG_ICC = 1;
export const FLAG_EXIF = 2;
export const FLAG_ALPHA = 4;
export const FLAG_GREY = 8;
export const MODEL_ID_BYTES = 3;
export const CRC_BYTES = 4;
/** Bytes of an ICC profile or EXIF block, unpacked. */
export const MAX_METADATA = 2 ** 24;
/** And packed: zlib adds a little to what it cannot shorten. */
const MAX_PACKED = MAX_METADATA + 2 ** 13;
const FIXED_BYTES = MAGIC.length + 1 + MODEL_ID_BYTES;
const SMALLEST = FIXED_BYTES + 3 + CRC_BYTES; // a byte each for width, height and quality

/**
 * @typedef {object} Header
 * @property {number} version
 * @property {Uint8Array} modelId three bytes
 * @property {number} width of the whole picture
 * @property {number} height
 * @property {number} quality
 * @property {boolean} grey
 * @property {Uint8Array | number | null} icc packed, or the number of a known profile
 * @property {Uint8Array | null} exif packed
 * @property {boolean} transparent
 * @property {Uint8Array | null} alpha a PNG file; tiles have their own
 * @property {number[]} lengths of all streams but the last, which fills the rest of the file
 * @property {import('./tiles.js').Index | null} tiles of a file in tiles
 * @property {number} start of the first stream
 */

/**
 * Checks magic, version and length, in that order; returns the version.
 *
 * @param {Uint8Array} blob
 */
export function versionOf(blob) {
  if (!MAGIC.every((byte, i) => blob[i] === byte)) {
    const what = blob.length ? 'not a .tgc file (wrong magic)' : 'the file is empty';
    throw new BitstreamError(`${what}; give one that this codec made`);
  }
  const version = blob.length > MAGIC.length ? blob[MAGIC.length] >> 4 : VERSION;
  if (version !== VERSION && version !== LAYERED && version !== TILED) {
    throw new BitstreamError(
      `format version ${version} is not supported (this reads ${VERSION} to ${TILED}); ` +
        'use a newer version',
    );
  }
  if (blob.length < SMALLEST) {
    throw new BitstreamError(
      `the file is damaged or cut short (${blob.length} bytes); copy it again`,
    );
  }
  return version;
}

/**
 * Reads the header of a file; checks nothing but the fields.
 *
 * @param {Uint8Array} blob
 * @returns {Header}
 */
export function readHeader(blob) {
  const version = versionOf(blob);
  const stop = version === VERSION ? blob.length - CRC_BYTES : blob.length;
  const reader = new ByteReader(blob, FIXED_BYTES, stop);
  const width = reader.varint('width');
  const height = reader.varint('height');
  if (!(width >= 1 && height >= 1 && area(width, height) <= MAX_PIXELS)) {
    throw new BitstreamError(`a picture size of ${width}x${height} is out of bounds (${BOUNDS})`);
  }
  const quality = reader.byte('quality');
  const flags = blob[MAGIC.length] & 15;
  const icc = flags & FLAG_ICC ? takeProfile(reader) : null;
  const exif = flags & FLAG_EXIF ? takePacked(reader, 'EXIF block') : null;
  const transparent = (flags & FLAG_ALPHA) !== 0;
  const alpha =
    transparent && version !== TILED
      ? reader.take(reader.varint('length of the alpha plane'), 'alpha plane')
      : null;
  const lengths = version === LAYERED ? layerLengths(reader) : [];
  const tiles = version === TILED ? takeIndex(reader, width, height) : null;
  return {
    version,
    modelId: blob.slice(MAGIC.length + 1, FIXED_BYTES),
    width,
    height,
    quality,
    grey: (flags & FLAG_GREY) !== 0,
    icc,
    exif,
    transparent,
    alpha,
    lengths,
    tiles,
    start: reader.position,
  };
}

/**
 * How many pixels a picture counts for. Narrow sides count as 64, since they are padded to it.
 *
 * @param {number} width
 * @param {number} height
 */
export function area(width, height) {
  return Math.max(width, NARROWEST) * Math.max(height, NARROWEST);
}

/** @param {ByteReader} reader */
function takeProfile(reader) {
  const length = reader.varint('length of the ICC profile');
  return length < NUMBERS ? length : packed(reader, length, 'ICC profile');
}

/**
 * @param {ByteReader} reader
 * @param {string} what
 */
function takePacked(reader, what) {
  return packed(reader, reader.varint(`length of the ${what}`), what);
}

/**
 * @param {ByteReader} reader
 * @param {number} length
 * @param {string} what
 */
function packed(reader, length, what) {
  const data = reader.take(length, what);
  if (length > MAX_PACKED) {
    throw new BitstreamError(`the ${what} has ${length} bytes; at most ${MAX_PACKED} are allowed`);
  }
  return data;
}

/**
 * The first number holds the first length and, in its last two bits, how many lengths there are.
 *
 * @param {ByteReader} reader
 */
function layerLengths(reader) {
  const first = reader.varint('length of a layer');
  const lengths = [Math.floor(first / MAX_LAYERS)];
  const coarser = first % MAX_LAYERS;
  if (coarser === 0) {
    throw new BitstreamError('the file says that it has layers, and then that it has one');
  }
  while (lengths.length < coarser) lengths.push(reader.varint('length of a layer'));
  return lengths;
}
