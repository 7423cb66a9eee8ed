/**
 * The colour profiles that a file names by a number ("Known profiles" of the format), and the small
 * ICC profiles that say the same, byte for byte those of the Python codec.
 */

import { BitstreamError } from './errors.js';

/** A chunk's length below this is no length but the number of a profile. */
export const NUMBERS = 8;

const FIXED = 65536; // ICC's fixed-point numbers count parts of 1/65536
const RELATIVE_D50 = [0.9642, 1.0, 0.8249]; // the white of ICC's connection space
// Bradford's matrix from D65 to D50, row by row, in 1/65536.
const D65_TO_D50 = [68674, 1502, -3291, 1939, 64912, -1119, -606, 988, 49262];
const SRGB_CURVE = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];
const GAMMA_2_2 = [2 + 51 / 256];
const GAMMA_1_8 = [1 + 205 / 256];

/**
 * @typedef {object} KnownProfile
 * @property {string} name
 * @property {number[] | null} colorants X, Y, Z of red, green and blue, adapted to D50, in 1/65536;
 *     null when grey
 * @property {boolean} d65 whether white is D65; D50 otherwise
 * @property {number[]} curve gamma alone, or gamma, a, b, c, d of ICC's parametric curve 3
 */

/** @type {ReadonlyMap<number, KnownProfile>} */
export const KNOWN_PROFILES = new Map([
  [1, rgb('Display P3', [33759, 15807, -69, 19135, 45367, 2745, 10296, 4363, 51385], SRGB_CURVE)],
  [
    2,
    rgb('Adobe RGB (1998)', [39960, 20389, 1276, 13453, 41004, 3989, 9777, 4143, 48795], GAMMA_2_2),
  ],
  [
    3,
    {
      ...rgb('ProPhoto RGB', [52279, 18878, 0, 8858, 46653, 1, 2053, 5, 54060], GAMMA_1_8),
      d65: false,
    },
  ],
  [4, { name: 'Gray Gamma 2.2', colorants: null, d65: true, curve: GAMMA_2_2 }],
  [5, { name: 'Gray Gamma 1.8', colorants: null, d65: true, curve: GAMMA_1_8 }],
]);

/**
 * The known profile of a number.
 *
 * @param {number} number
 */
export function knownProfile(number) {
  const found = KNOWN_PROFILES.get(number);
  if (!found) {
    throw new BitstreamError(
      `the file names colour profile number ${number}, which this version does not know; ` +
        'use a newer version',
    );
  }
  return found;
}

/**
 * The number of a profile that `iccOf` made; null for all others.
 *
 * @param {Uint8Array} icc
 */
export function numberOf(icc) {
  for (const [number, profile] of KNOWN_PROFILES) {
    const known = iccOf(profile);
    if (known.length === icc.length && known.every((byte, i) => byte === icc[i])) return number;
  }
  return null;
}

/**
 * A profile as ICC's file format has it.
 *
 * @param {KnownProfile} profile
 */
export function iccOf({ name, colorants, d65, curve }) {
  const white = numbers(...RELATIVE_D50.map((x) => Math.round(x * FIXED)));
  /** @type {[string, number[]][]} */
  const tags = [
    ['desc', text(name)],
    ['cprt', text('CC0')],
    ['wtpt', [...ascii('XYZ '), ...numbers(0), ...white]],
  ];
  if (colorants === null) {
    tags.push(['kTRC', curveTag(curve)]);
  } else {
    for (const [i, colour] of ['r', 'g', 'b'].entries()) {
      const xyz = numbers(0, ...colorants.slice(3 * i, 3 * i + 3));
      tags.push([`${colour}XYZ`, [...ascii('XYZ '), ...xyz]], [`${colour}TRC`, curveTag(curve)]);
    }
    if (d65) tags.push(['chad', [...ascii('sf32'), ...numbers(0, ...D65_TO_D50)]]);
  }
  const space = colorants === null ? 'GRAY' : 'RGB ';
  const head = [...numbers(0, 0, 0x04200000), ...ascii(`mntr${space}XYZ `)];
  head.push(...[2026, 1, 1, 0, 0, 0].flatMap((x) => [x >> 8, x & 0xff]), ...ascii('acsp'));
  while (head.length < 68) head.push(0);
  head.push(...white);
  while (head.length < 128) head.push(0);
  return withTags(head, tags);
}

/**
 * @param {string} name
 * @param {number[]} colorants
 * @param {number[]} curve
 * @returns {KnownProfile}
 */
function rgb(name, colorants, curve) {
  return { name, colorants, d65: true, curve };
}

/**
 * A header with its length put in, and tags behind it; those of the same contents are stored once.
 *
 * @param {number[]} head
 * @param {[string, number[]][]} tags
 */
function withTags(head, tags) {
  const table = numbers(tags.length);
  /** @type {number[]} */
  const data = [];
  /** @type {Map<string, number>} */
  const places = new Map();
  const start = head.length + 4 + 12 * tags.length;
  for (const [name, contents] of tags) {
    const key = contents.join();
    const place = places.get(key) ?? start + data.length;
    if (!places.has(key)) {
      places.set(key, place);
      data.push(...contents);
      while (data.length % 4) data.push(0);
    }
    table.push(...ascii(name), ...numbers(place, contents.length));
  }
  const whole = [...head, ...table, ...data];
  return Uint8Array.from([...numbers(whole.length), ...whole.slice(4)]);
}

/**
 * A text in English as ICC's type `mluc`.
 *
 * @param {string} english
 */
function text(english) {
  const utf16 = [...english].flatMap((c) => [0, c.charCodeAt(0)]);
  const head = [...ascii('mluc'), ...numbers(0, 1, 12), ...ascii('enUS')];
  return [...head, ...numbers(utf16.length, 28), ...utf16];
}

/**
 * A curve as ICC's type `curv`, with one gamma, or `para`.
 *
 * @param {number[]} curve
 */
function curveTag(curve) {
  if (curve.length === 1) {
    const gamma = Math.round(curve[0] * 256);
    return [...ascii('curv'), ...numbers(0, 1), gamma >> 8, gamma & 0xff];
  }
  const parameters = curve.map((x) => Math.round(x * FIXED));
  return [...ascii('para'), ...numbers(0), 0, 3, 0, 0, ...numbers(...parameters)];
}

/** @param {string} letters */
function ascii(letters) {
  return [...letters].map((c) => c.charCodeAt(0));
}

/**
 * Whole numbers of 32 bits, big-endian.
 *
 * @param {...number} values
 */
function numbers(...values) {
  return values.flatMap((x) => [(x >> 24) & 0xff, (x >> 16) & 0xff, (x >> 8) & 0xff, x & 0xff]);
}
