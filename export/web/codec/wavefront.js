/**
 * Finds the latents that can be decoded at the same time, though each depends on those before it
 * ("Context model", Order, of the format; the proof stands in `tfgan_codec/format/wavefront.py`).
 */

/**
 * The elements of one front: of each, its line x0 * n1 + x1 and its depth x2.
 *
 * @typedef {{ lines: Int32Array, depths: Int32Array }} Front
 */

/**
 * Yields the fronts of a grid, in order; the elements of each by rising a x0 + b x1, then x0.
 *
 * @param {number[]} shape n0, n1, n2
 * @param {number[]} kernel k0, k1, k2
 * @returns {Generator<Front>}
 */
export function* fronts([n0, n1, n2], [, k1, k2]) {
  const b = (k2 >> 1) + 1;
  const a = ((k1 >> 1) + 1) * b;
  const start = Int32Array.from({ length: n0 * n1 }, (_, i) => {
    return a * Math.floor(i / n1) + b * (i % n1);
  });
  const lines = Int32Array.from(start.keys()).sort((i, j) => start[i] - start[j] || i - j);
  const end = start[lines[lines.length - 1]] + n2;
  // The lines whose start is in t - n2 + 1 .. t have an element at t.
  for (let t = 0, first = 0, last = 0; t < end; t++) {
    while (last < lines.length && start[lines[last]] <= t) last++;
    while (start[lines[first]] <= t - n2) first++;
    if (first < last) {
      const found = lines.slice(first, last);
      yield { lines: found, depths: found.map((line) => t - start[line]) };
    }
  }
}
