/**
 * PNG files of 8-bit greyscale, not interlaced: the alpha plane of a picture. Written here because
 * what browsers make of a PNG's levels depends on its colour chunks, and Node reads none.
 */

import { ByteWriter } from './byte-writer.js';
import { crc32 } from './checksums.js';
import { BitstreamError } from './errors.js';
import { deflate, inflate } from './zlib.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const CHUNK_OVERHEAD = 12; // length, type, checksum
const FORM = [8, 0, 0, 0, 0]; // depth, grey, deflate, filters, not interlaced
const FILTERS = 5;

/**
 * Reads a plane, row by row.
 *
 * @param {Uint8Array} png
 * @param {number} width that it must have
 * @param {number} height
 */
export async function decodeGreyPng(png, width, height) {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  if (!SIGNATURE.every((byte, i) => png[i] === byte)) throw damaged('it is no PNG');
  const packed = new ByteWriter();
  let header = false;
  for (let at = SIGNATURE.length, type = ''; type !== 'IEND';) {
    const length = at + CHUNK_OVERHEAD <= png.length ? view.getUint32(at) : Infinity;
    const body = at + 8;
    const end = body + length;
    if (end + 4 > png.length) throw damaged('it is cut short');
    if (view.getUint32(end) !== crc32(png, at + 4, end)) throw damaged('a checksum is wrong');
    type = String.fromCharCode(...png.subarray(at + 4, body));
    if (type === 'IHDR') {
      const form = png.subarray(body + 8, end);
      if (
        length !== 13 ||
        view.getUint32(body) !== width ||
        view.getUint32(body + 4) !== height ||
        FORM.some((byte, i) => form[i] !== byte)
      ) {
        throw damaged(`it is not 8-bit grey of ${width}x${height}`);
      }
      header = true;
    } else if (type === 'IDAT') {
      packed.write(png.subarray(body, end));
    }
    at = end + 4;
  }
  if (!header) throw damaged('its header is missing');
  const size = (width + 1) * height;
  const rows = await inflate(packed.toBytes(), size);
  if (!rows || rows.length !== size) throw damaged('it has too many or too few pixels');
  return unfiltered(rows, width, height);
}

/**
 * Writes a plane given row by row.
 *
 * @param {Uint8Array} plane
 * @param {number} width
 * @param {number} height
 */
export async function encodeGreyPng(plane, width, height) {
  const plain = new Uint8Array((width + 1) * height);
  const differences = new Uint8Array(plain.length); // from the row above, filter 2
  for (let y = 0, at = 0; y < height; y++) {
    differences[at++] = 2;
    for (let x = 0, from = y * width; x < width; x++, from++, at++) {
      plain[at] = plane[from];
      differences[at] = plane[from] - (y ? plane[from - width] : 0);
    }
  }
  const [one, other] = [await deflate(plain), await deflate(differences)];
  const out = new ByteWriter();
  out.write(SIGNATURE);
  writeChunk(out, 'IHDR', [...number(width), ...number(height), ...FORM]);
  writeChunk(out, 'IDAT', one.length <= other.length ? one : other);
  writeChunk(out, 'IEND', []);
  return out.toBytes();
}

/**
 * Undoes the prediction of each row, whose kind is its first byte.
 *
 * @param {Uint8Array} rows
 * @param {number} width
 * @param {number} height
 */
function unfiltered(rows, width, height) {
  const plane = new Uint8Array(width * height);
  for (let y = 0, from = 0; y < height; y++) {
    const filter = rows[from++];
    if (filter >= FILTERS) throw damaged('it has an unknown filter');
    for (let x = 0, to = y * width; x < width; x++, to++) {
      const left = x ? plane[to - 1] : 0;
      const up = y ? plane[to - width] : 0;
      const corner = x && y ? plane[to - width - 1] : 0;
      plane[to] = rows[from++] + predicted(filter, left, up, corner);
    }
  }
  return plane;
}

/**
 * @param {number} filter
 * @param {number} left
 * @param {number} up
 * @param {number} corner
 */
function predicted(filter, left, up, corner) {
  switch (filter) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    default:
      return paeth(left, up, corner);
  }
}

/**
 * The neighbour nearest to left + up - corner; left wins ties, then up.
 *
 * @param {number} left
 * @param {number} up
 * @param {number} corner
 */
function paeth(left, up, corner) {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/**
 * @param {ByteWriter} out
 * @param {string} type
 * @param {Uint8Array | number[]} body
 */
function writeChunk(out, type, body) {
  const chunk = Uint8Array.from([...[...type].map((c) => c.charCodeAt(0)), ...body]);
  out.write(number(body.length));
  out.write(chunk);
  out.write(number(crc32(chunk)));
}

/**
 * Four bytes, big-endian as everything in PNG.
 *
 * @param {number} value
 */
function number(value) {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
}

/** @param {string} how */
function damaged(how) {
  return new BitstreamError(`the alpha plane is not a valid PNG: ${how}`);
}
