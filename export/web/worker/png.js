/** Writes PNG files: every pixel as it is, with the picture's colour profile. */

import { crc32 } from '../codec/checksums.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const SRGB_BY_INTENT = 0; // perceptual
/** The filter "up": photographs differ little from one row to the next. */
const UP = 2;
/** Rows that are filtered in one go. */
const STRETCH = 64;

/**
 * @param {import('../codec/contract.js').Picture} picture
 * @returns {Promise<Blob>}
 */
export async function pngFile(picture) {
  const { width, height, icc, exif, transparent, grey } = picture;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  const kept = channels(icc ? isGrey(icc) : grey, transparent);
  header[8] = 8; // bits per channel
  header[9] = [0, 0, 4, 2, 6][kept.length]; // grey, grey with alpha, RGB, RGBA
  const parts = [new Uint8Array(SIGNATURE), chunk('IHDR', header)];
  if (icc) {
    const name = [...'ICC profile'].map((letter) => letter.charCodeAt(0));
    const packed = await deflated([icc]);
    parts.push(chunk('iCCP', new Uint8Array([...name, 0, 0, ...packed])));
  } else {
    parts.push(chunk('sRGB', new Uint8Array([SRGB_BY_INTENT])));
  }
  if (exif) parts.push(chunk('eXIf', exif));
  parts.push(chunk('IDAT', await deflated(filteredRows(picture, kept))));
  parts.push(chunk('IEND', new Uint8Array(0)));
  return new Blob(parts, { type: 'image/png' });
}

/**
 * Which of red, green, blue and alpha a file needs.
 *
 * @param {boolean} grey
 * @param {boolean} transparent
 */
function channels(grey, transparent) {
  return [...(grey ? [0] : [0, 1, 2]), ...(transparent ? [3] : [])];
}

/**
 * Whether a profile is one of grey pictures; a PNG file with any other must be in colour.
 *
 * @param {Uint8Array} icc
 */
function isGrey(icc) {
  return String.fromCharCode(...icc.subarray(16, 20)) === 'GRAY';
}

/**
 * The rows as PNG stores them, a stretch at a time.
 *
 * @param {import('../codec/contract.js').Pixels} picture
 * @param {number[]} kept the channels that are stored
 */
function* filteredRows({ width, height, rgba }, kept) {
  const length = 1 + width * kept.length;
  for (let top = 0; top < height; top += STRETCH) {
    const rows = Math.min(STRETCH, height - top);
    const bytes = new Uint8Array(rows * length);
    let to = 0;
    for (let y = top; y < top + rows; y++) {
      bytes[to++] = UP;
      let from = 4 * y * width;
      const above = y ? 4 * width : 0;
      for (let x = 0; x < width; x++, from += 4) {
        for (const channel of kept) {
          const before = above ? rgba[from + channel - above] : 0;
          bytes[to++] = rgba[from + channel] - before;
        }
      }
    }
    yield bytes;
  }
}

/** @param {Iterable<Uint8Array>} pieces */
async function deflated(pieces) {
  const packer = new CompressionStream('deflate');
  const packed = new Response(packer.readable).arrayBuffer();
  const writer = packer.writable.getWriter();
  for (const piece of pieces) await writer.write(piece);
  await writer.close();
  return new Uint8Array(await packed);
}

/**
 * @param {string} name
 * @param {Uint8Array} data
 */
function chunk(name, data) {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = name.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}
