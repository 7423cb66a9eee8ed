/**
 * How a file of a large picture is cut into tiles, each of which can be read without the others
 * ("Tiles" of the format).
 */

import { ByteReader } from './byte-reader.js';
import { crc32 } from './checksums.js';
import { BitstreamError } from './errors.js';
import { HYPER_STRIDE, STRIDE, ceilDiv } from './geometry.js';

const MIN_SIDE = 4; // of a tile, in hyper-latents
const MAX_SIDE = 64;
const CRC_BYTES = 4;
const LEAST_ENTRY = 1 + CRC_BYTES; // bytes of the shortest entry of an index

/** @typedef {{ top: number, left: number, height: number, width: number }} Box in pixels */

/**
 * What a file says of its tiles before the first of them.
 *
 * @typedef {object} Index
 * @property {Box[]} boxes row by row
 * @property {{ start: number, length: number, crc: number }[]} records where they lie in the file
 */

/**
 * The contents of a tile: a payload as of a picture of the tile's size, and perhaps a PNG file.
 *
 * @typedef {{ box: Box, stream: Uint8Array, alpha: Uint8Array | null }} Tile
 */

/**
 * Reads what follows the chunks, and compares the check of all that comes before the tiles.
 *
 * @param {ByteReader} reader that stands at the tile side
 * @param {number} width of the picture
 * @param {number} height
 * @returns {Index}
 */
export function takeIndex(reader, width, height) {
  const side = reader.byte('tile side');
  if (side < MIN_SIDE || side > MAX_SIDE) {
    throw new BitstreamError(`a tile side of ${side} is not within ${MIN_SIDE}..${MAX_SIDE}`);
  }
  const { data, stop } = reader;
  const pixels = side * STRIDE * HYPER_STRIDE;
  const count = ceilDiv(height, pixels) * ceilDiv(width, pixels);
  if (reader.position + count * LEAST_ENTRY + CRC_BYTES > stop) {
    throw new BitstreamError(
      'the index of tiles does not fit in the file; it was not written whole',
    );
  }
  const records = Array.from({ length: count }, () => {
    const length = reader.varint('length of a tile');
    return { start: 0, length, crc: number(reader.take(CRC_BYTES, 'index of tiles')) };
  });
  const end = reader.position;
  if (number(reader.take(CRC_BYTES, 'check of the header')) !== crc32(data, 0, end)) {
    throw new BitstreamError("the file's header is damaged (wrong checksum); copy it again");
  }
  let position = reader.position;
  for (const record of records) {
    record.start = position;
    position += record.length;
  }
  if (position !== stop) {
    throw new BitstreamError(
      `the file is cut short or damaged: it has ${stop} bytes and says ${position}; copy it again`,
    );
  }
  return { boxes: boxesOf(width, height, pixels), records };
}

/**
 * Reads all tiles of a file and compares their checksums.
 *
 * @param {Uint8Array} blob
 * @param {Index} index
 * @param {boolean} transparent whether tiles hold an alpha plane
 * @returns {Tile[]}
 */
export function readTiles(blob, { boxes, records }, transparent) {
  return records.map(({ start, length, crc }, i) => {
    const stop = start + length;
    if (crc32(blob, start, stop) !== crc) {
      throw new BitstreamError('a tile of the file is damaged (wrong checksum); copy it again');
    }
    const reader = new ByteReader(blob, start, stop);
    const what = 'alpha plane of a tile';
    const alpha = transparent ? reader.take(reader.varint(`length of the ${what}`), what) : null;
    return { box: boxes[i], stream: reader.take(stop - reader.position, 'tile'), alpha };
  });
}

/**
 * @param {number} width of the picture
 * @param {number} height
 * @param {number} side of a tile, in pixels
 */
function boxesOf(width, height, side) {
  const boxes = [];
  for (let top = 0; top < height; top += side) {
    for (let left = 0; left < width; left += side) {
      const [high, wide] = [Math.min(side, height - top), Math.min(side, width - left)];
      boxes.push({ top, left, height: high, width: wide });
    }
  }
  return boxes;
}

/**
 * Four bytes, little endian.
 *
 * @param {Uint8Array} bytes
 */
function number([a, b, c, d]) {
  return a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24;
}
