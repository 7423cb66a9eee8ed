import { pack } from './container.js';
import { ImageError, UsageError } from './errors.js';
import { FloatGrid } from './float-grid.js';
import { QUALITIES } from './geometry.js';
import { encodeGreyPng } from './grey-png.js';
import { filled } from './hidden.js';
import { requireSize } from './limits.js';
import { Pace } from './pace.js';
import { bestQuality } from './quality-search.js';

const DEFAULT_BPP = 0.1;
const ANALYSIS_SHARE = 0.5; // of all work, about

/**
 * Returns a picture as a file. Throws an `ImageError` where there is no such picture, and a
 * `UsageError` where the request makes no sense or no file is that small.
 *
 * @param {import('./contract.js').Pixels} picture
 * @param {import('./model.js').Model} model
 * @param {import('./contract.js').EncodeOptions} [options]
 * @returns {Promise<Uint8Array>}
 */
export async function encode(picture, model, options = {}) {
  const { width, height, rgba, grey = false } = picture;
  const { coder } = model;
  checkRequest(options);
  requirePicture(picture);
  requireSize(width, height, options.maxPixels);
  const pace = new Pace(options);
  await pace.step(0);
  const alpha = alphaOf(rgba);
  const frame = {
    modelId: Uint8Array.from(model.modelId.match(/../g) ?? [], (digits) => parseInt(digits, 16)),
    width,
    height,
    grey,
    icc: options.icc ?? null,
    exif: options.exif ?? null,
    alpha: alpha && (await encodeGreyPng(alpha, width, height)),
  };
  /**
   * @param {number} quality
   * @param {Uint8Array[]} streams
   */
  const packed = (quality, streams) => pack({ ...frame, quality, streams });
  const empty = Array.from({ length: coder.layers }, () => new Uint8Array(0));
  const overhead = (await packed(0, empty)).length;
  pace.stage(0, ANALYSIS_SHARE);
  const source = pixelSource(alpha ? filled(rgba, width, height) : rgba, width, height);
  const encoding = await coder.encode(source, pace);
  pace.stage(ANALYSIS_SHARE, 1);
  if (options.quality !== undefined) {
    const quality = Math.min(options.quality, coder.qualities - 1);
    return packed(quality, await encoding.streams(quality));
  }
  const strict = options.bytes !== undefined || options.bpp !== undefined;
  let budget = options.bytes ?? Math.floor(((options.bpp ?? DEFAULT_BPP) * width * height) / 8);
  if (!strict) budget += await extraBytes(frame);
  let quality = await bestQuality(encoding.bytes, budget - overhead, coder.qualities);
  let file = await packed(quality, await encoding.streams(quality));
  while (file.length > budget && quality > 0) {
    quality -= 1; // the estimate was a few bytes low
    file = await packed(quality, await encoding.streams(quality));
  }
  if (strict && file.length > budget) {
    throw new UsageError(
      `${budget} bytes are too few; the smallest file has ${file.length} bytes ` +
        `(${((8 * file.length) / (width * height)).toPrecision(4)} bpp)`,
    );
  }
  await pace.step(1);
  return file;
}

/** @param {import('./contract.js').EncodeOptions} options */
function checkRequest({ quality, bpp, bytes }) {
  if ([quality, bpp, bytes].filter((value) => value !== undefined).length > 1) {
    throw new UsageError('give only one of quality, bpp and bytes');
  }
  if (
    quality !== undefined &&
    !(Number.isInteger(quality) && quality >= 0 && quality < QUALITIES)
  ) {
    throw new UsageError(`quality must be a whole number from 0 to ${QUALITIES - 1}`);
  }
  if (bpp !== undefined && !(bpp > 0 && Number.isFinite(bpp))) {
    throw new UsageError('bpp must be a positive number');
  }
  if (bytes !== undefined && !(Number.isInteger(bytes) && bytes > 0)) {
    throw new UsageError('bytes must be a positive whole number');
  }
}

/** @param {import('./contract.js').Pixels} picture */
function requirePicture({ width, height, rgba }) {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!whole || rgba.length !== 4 * width * height) {
    throw new ImageError(
      `a picture of ${width}x${height} pixels cannot have ${rgba.length} bytes, four for each`,
    );
  }
}

/**
 * How many bytes alpha and metadata take.
 *
 * @param {Omit<import('./container.js').TgcFile, 'quality' | 'streams'>} frame
 */
async function extraBytes(frame) {
  const bare = { ...frame, quality: 0, streams: [new Uint8Array(0)] };
  const plain = { ...bare, icc: null, exif: null, alpha: null };
  return (await pack(bare)).length - (await pack(plain)).length;
}

/**
 * The alpha plane of pixels; null if all are opaque.
 *
 * @param {Uint8Array | Uint8ClampedArray} rgba
 */
function alphaOf(rgba) {
  const plane = new Uint8Array(rgba.length / 4);
  let opaque = true;
  for (let i = 0; i < plane.length; i++) {
    plane[i] = rgba[4 * i + 3];
    if (plane[i] !== 0xff) opaque = false;
  }
  return opaque ? null : plane;
}

/**
 * A picture as the analysis network takes it: red, green and blue, 0..255.
 *
 * @param {Uint8Array | Uint8ClampedArray} rgba
 * @param {number} width
 * @param {number} height
 * @returns {import('./networks.js').Source}
 */
function pixelSource(rgba, width, height) {
  return {
    height,
    width,
    window(top, left, high, wide) {
      const part = new FloatGrid(high, wide, 3);
      for (let y = 0, to = 0; y < high; y++) {
        let from = 4 * ((top + y) * width + left);
        for (let x = 0; x < wide; x++, from += 4) {
          part.values[to++] = rgba[from];
          part.values[to++] = rgba[from + 1];
          part.values[to++] = rgba[from + 2];
        }
      }
      return part;
    },
  };
}
