import { parseLayers, scalesOf } from './container.js';
import { hex } from './hashes.js';
import { KNOWN_PROFILES } from './known-profiles.js';

/**
 * What a file says of its picture, for a page that chooses a model or shows a line about it.
 *
 * @typedef {object} Inspected
 * @property {number} version of the container
 * @property {string} modelId of the model that can decode it, six hexadecimal digits
 * @property {number} width
 * @property {number} height
 * @property {number} quality
 * @property {boolean} grey
 * @property {boolean} transparent
 * @property {string | null} profile the name of a known profile
 * @property {boolean} icc whether there is a profile, known or not
 * @property {boolean} exif
 * @property {number} layers of the whole file
 * @property {number[]} scales of the pictures that can be decoded, from the largest; 1 is missing
 *     where the file was cut short
 * @property {number} bpp bits per pixel of these bytes
 */

/**
 * Reads what a file says without a model; unpacks nothing.
 *
 * @param {Uint8Array} blob
 * @returns {Inspected}
 */
export function inspect(blob) {
  const file = parseLayers(blob);
  const { header, layers } = file;
  const { icc } = header;
  return {
    version: header.version,
    modelId: hex(header.modelId),
    width: header.width,
    height: header.height,
    quality: header.quality,
    grey: header.grey,
    transparent: header.transparent,
    profile: typeof icc === 'number' ? (KNOWN_PROFILES.get(icc)?.name ?? null) : null,
    icc: icc !== null,
    exif: header.exif !== null,
    layers,
    scales: scalesOf(file),
    bpp: (8 * blob.length) / (header.width * header.height),
  };
}
