import { metadataOf, parse } from './container.js';
import { BitstreamError } from './errors.js';
import { FloatGrid } from './float-grid.js';
import { ceilDiv, rounded } from './geometry.js';
import { decodeGreyPng } from './grey-png.js';
import { hex } from './hashes.js';
import { requireSize } from './limits.js';
import { Pace } from './pace.js';
import { Painter } from './painter.js';
import { halved } from './pyramid.js';

/**
 * Returns the picture of a file. Throws a `BitstreamError` where the file is damaged or for another
 * model, an `ImageError` where it is too large, a `UsageError` where there is no such realism or
 * scale.
 *
 * @param {Uint8Array} blob the contents of the file; not changed
 * @param {import('./model.js').Model} model
 * @param {import('./contract.js').DecodeOptions} [options]
 * @returns {Promise<import('./contract.js').Picture>}
 */
export async function decode(blob, model, options = {}) {
  const { realism = model.realisms[model.realisms.length - 1], scale = 1 } = options;
  const pace = new Pace(options);
  await pace.step(0);
  const { header, streams, tiles, layers } = parse(blob, scale);
  const { width, height, quality, grey } = header;
  requireSize(width, height, options.maxPixels);
  const made = hex(header.modelId);
  if (made !== model.modelId) {
    throw new BitstreamError(
      `the file was made with model ${made}, but ${model.name} is ${model.modelId}; ` +
        'use the model it was made with',
    );
  }
  if (layers !== model.coder.layers) {
    throw new BitstreamError(
      `the file has ${layers} layers, but those of ${model.name} have ${model.coder.layers}: it ` +
        'was not made with this model',
    );
  }
  const alpha = tiles
    ? header.transparent && (await alphaOfTiles(tiles, width, height))
    : header.alpha && (await alphaPlane(header.alpha, width, height, scale));
  const painter = new Painter(ceilDiv(width, scale), ceilDiv(height, scale), grey, alpha || null);
  await model.coder.decode(
    { width, height, quality, streams, tiles },
    realism,
    (part, top, left) => painter.paint(part, top, left),
    pace,
  );
  return {
    width: painter.width,
    height: painter.height,
    rgba: painter.rgba,
    grey,
    transparent: header.transparent,
    ...(await metadataOf(header)),
    quality,
    scale,
  };
}

/**
 * Puts the alpha planes of tiles together.
 *
 * @param {import('./tiles.js').Tile[]} tiles
 * @param {number} width of the picture
 * @param {number} height
 */
async function alphaOfTiles(tiles, width, height) {
  const plane = new Uint8Array(width * height);
  for (const { box, alpha } of tiles) {
    if (!alpha) continue;
    const part = await decodeGreyPng(alpha, box.width, box.height);
    for (let y = 0; y < box.height; y++) {
      const row = part.subarray(y * box.width, (y + 1) * box.width);
      plane.set(row, (box.top + y) * width + box.left);
    }
  }
  return plane;
}

/**
 * An alpha plane, made smaller as often as needed by means of 2x2 pixels, rounded each time.
 *
 * @param {Uint8Array} png
 * @param {number} width of the whole picture
 * @param {number} height
 * @param {number} scale
 */
async function alphaPlane(png, width, height, scale) {
  let plane = await decodeGreyPng(png, width, height);
  let [wide, high] = [width, height];
  for (; scale > 1; scale /= 2) {
    const half = halved(new FloatGrid(high, wide, 1, Float32Array.from(plane)));
    plane = Uint8Array.from(half.values, (value) => rounded(value, 0, 255));
    [wide, high] = [half.width, half.height];
  }
  return plane;
}
