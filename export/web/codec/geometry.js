/** The grids of a picture, its latents and its hyper-latents: strides, sizes, rounding. */

/** Pixels per latent, along each axis. */
export const STRIDE = 16;
/** Latents per hyper-latent. */
export const HYPER_STRIDE = 4;
/** Levels of a model of variable rate. */
export const QUALITIES = 256;

/**
 * a / b rounded up.
 *
 * @param {number} a
 * @param {number} b
 */
export function ceilDiv(a, b) {
  return Math.ceil(a / b);
}

/**
 * A side rounded up to whole multiples.
 *
 * @param {number} side
 * @param {number} multiple
 */
export function padded(side, multiple) {
  return ceilDiv(side, multiple) * multiple;
}

/**
 * floor(x + 1/2), the one rounding of this codec, clipped to least..most. The sum is taken in
 * single precision, as everywhere else.
 *
 * @param {number} x
 * @param {number} least
 * @param {number} most
 */
export function rounded(x, least, most) {
  return Math.max(least, Math.min(most, Math.floor(Math.fround(x + 0.5))));
}
