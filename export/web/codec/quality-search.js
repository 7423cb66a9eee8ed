/**
 * Finds the quality level for a byte budget in a handful of tries. The logarithm of the size is
 * close to a line in the quality level, so a secant through the nearest known sizes lands within a
 * level or two; a bracket keeps it honest where the line is bent.
 */

// The 256 levels span about a factor of 13 in size (0.03 to 0.4 bits per pixel).
const TYPICAL_SLOPE = Math.log(13) / 255;
const GOOD = 0.005; // this far below the budget, in logarithms, the search ends early
const POOR = 0.015; // sizes of small pictures do not grow everywhere: look further from here
const SECANT_TRIES = 6;
const EXTRA_TRIES = 3;

/**
 * Returns a high quality level whose size does not exceed the budget, or 0 if none is found.
 *
 * @param {(quality: number) => Promise<number>} sizeOf an estimate of the size at a level; costly
 * @param {number} budget the largest size wanted
 * @param {number} levels qualities are 0 .. levels - 1
 */
export async function bestQuality(sizeOf, budget, levels) {
  if (budget <= 0) return 0;
  let fits = -1;
  let tooLarge = levels; // the bracket
  /** @type {Map<number, number>} distance from the budget, in logarithms */
  const known = new Map();
  let quality = Math.floor(levels / 2);
  while (tooLarge - fits > 1) {
    const distance = Math.log(Math.max(await sizeOf(quality), 1e-9) / budget);
    known.set(quality, distance);
    if (distance > 0) {
      tooLarge = quality;
    } else {
      fits = quality;
      if (distance > -GOOD) return quality;
    }
    quality = next(known, fits, tooLarge);
  }
  if (fits >= 0 && /** @type {number} */ (known.get(fits)) < -POOR) {
    const stop = Math.min(tooLarge + 1 + EXTRA_TRIES, levels);
    for (let further = tooLarge + 1; further < stop; further++) {
      if (!known.has(further) && (await sizeOf(further)) <= budget) fits = further;
    }
  }
  return Math.max(fits, 0);
}

/**
 * The next quality to try: where the line through the two known sizes nearest to the budget meets
 * it, but inside the bracket.
 *
 * @param {Map<number, number>} known
 * @param {number} fits
 * @param {number} tooLarge
 */
function next(known, fits, tooLarge) {
  if (known.size >= SECANT_TRIES) return Math.floor((fits + tooLarge) / 2);
  const byDistance = [...known].sort(([, a], [, b]) => Math.abs(a) - Math.abs(b));
  const [[nearest, distance], other] = byDistance;
  let slope = TYPICAL_SLOPE;
  if (other) {
    slope = (other[1] - distance) / (other[0] - nearest);
    slope = Math.min(Math.max(slope, TYPICAL_SLOPE / 8), TYPICAL_SLOPE * 8);
  }
  const guess = Math.floor(nearest - distance / slope);
  return Math.min(Math.max(guess, fits + 1), tooLarge - 1);
}
