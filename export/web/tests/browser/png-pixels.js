/** Reads the PNG files of the Python tests, pixel by pixel as they are stored. */

import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

const CHANNELS = { 0: 1, 2: 3, 4: 2, 6: 4 };

/**
 * @param {string} path of a file with 8 bits per channel, neither interlaced nor with a palette
 * @returns {{ width: number, height: number, rgba: Uint8Array }}
 */
export function pngPixels(path) {
  const file = readFileSync(path);
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  const channels = CHANNELS[file[25]];
  const packed = [];
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    if (file.toString('latin1', at + 4, at + 8) !== 'IDAT') continue;
    packed.push(file.subarray(at + 8, at + 8 + file.readUInt32BE(at)));
  }
  const rows = unfiltered(inflateSync(Buffer.concat(packed)), width * channels, height, channels);
  const rgba = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const pixel = rows.subarray(i * channels, (i + 1) * channels);
    const [red, green, blue] = channels < 3 ? [pixel[0], pixel[0], pixel[0]] : pixel;
    rgba.set([red, green, blue, channels % 2 ? 255 : pixel[channels - 1]], 4 * i);
  }
  return { width, height, rgba };
}

/**
 * Undoes the filters of PNG's chapter 9.
 *
 * @param {Uint8Array} data rows with the number of their filter in front
 * @param {number} length of a row
 * @param {number} height
 * @param {number} step bytes per pixel
 */
function unfiltered(data, length, height, step) {
  const rows = new Uint8Array(length * height);
  for (let y = 0; y < height; y++) {
    const filter = data[y * (length + 1)];
    for (let x = 0; x < length; x++) {
      const at = y * length + x;
      const left = x >= step ? rows[at - step] : 0;
      const up = y ? rows[at - length] : 0;
      const corner = y && x >= step ? rows[at - length - step] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      rows[at] = data[y * (length + 1) + 1 + x] + guess;
    }
  }
  return rows;
}

/**
 * @param {number} left
 * @param {number} up
 * @param {number} corner
 */
function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [left, up, corner].map((near) => Math.abs(guess - near));
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
