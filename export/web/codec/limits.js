import { ImageError } from './errors.js';
import { area } from './header.js';

/** Pixels that a picture may have unless somebody asks for more: memory stays below 500 MB. */
const MAX_PIXELS = 40e6;
const SMALLEST = 64 ** 2; // what any picture counts for

/**
 * Throws if a picture is too large, before anything is allocated for it.
 *
 * @param {number} width
 * @param {number} height
 * @param {number} maxPixels
 */
export function requireSize(width, height, maxPixels = MAX_PIXELS) {
  if (area(width, height) > Math.max(maxPixels, SMALLEST)) {
    throw new ImageError(
      `a picture of ${width}x${height} pixels is above the limit of ${maxPixels}; ` +
        'if you trust the file, raise maxPixels',
    );
  }
}
