import { FRACTIONS, MAX_CONTEXT, MEAN_ZERO } from './context-model.js';

/**
 * Predicts latents from those known so far and from the hyper-latents ("Context model", Model, of
 * the format). A latent has two numbers: its element, counted along the model's axes, and its cell,
 * the place on a canvas padded with zeros where its context begins.
 *
 *     axis 0:  r0 zeros | n0 latents
 *     axis 1:  r1 zeros | n1 latents | r1 zeros
 *     axis 2:  r2 zeros | n2 latents | r2 zeros
 */
export class Predictor {
  /**
   * @param {import('./context-model.js').ContextModel} model
   * @param {Uint8Array} features [height, width, channels * features of a latent]
   * @param {number[]} size height, width and channels of the latents
   */
  constructor(model, features, size) {
    const { axes, kernel, lines } = model;
    this.model = model;
    this.features = features;
    /** Sides of the grid along the model's axes. */
    this.shape = axes.map((axis) => size[axis]);
    const [n0, n1, n2] = this.shape;
    const [r0, r1, r2] = kernel.map((side) => side >> 1);
    const row = n2 + 2 * r2;
    const plane = (n1 + 2 * r1) * row;
    this.row = row;
    this.plane = plane;
    this.canvas = new Int16Array((r0 + n0) * plane);
    /** From the first tap of a context to its latent. */
    this.middle = r0 * plane + r1 * row + r2;
    this.starts = Int32Array.from({ length: lines }, (_, i) => {
      return Math.floor(i / kernel[1]) * plane + (i % kernel[1]) * row;
    });
    // Steps of the latents' own order, row, column, channel, along the model's axes.
    const own = [size[1] * size[2], size[2], 1];
    this.steps = axes.map((axis) => own[axis]);
  }

  /**
   * The place of an element among the latents [height, width, channels].
   *
   * @param {number} line
   * @param {number} depth
   */
  place(line, depth) {
    const n1 = this.shape[1];
    const [s0, s1, s2] = this.steps;
    return Math.floor(line / n1) * s0 + (line % n1) * s1 + depth * s2;
  }

  /**
   * Stores a latent, clipped to what the model sees of it.
   *
   * @param {number} line
   * @param {number} depth
   * @param {number} q
   */
  put(line, depth, q) {
    const clipped = Math.min(Math.max(q, -MAX_CONTEXT), MAX_CONTEXT);
    this.canvas[this.#cell(line, depth) + this.middle] = clipped;
  }

  /**
   * Predicts some latents of a front; writes the table of each and the whole part of its mean.
   *
   * @param {import('./wavefront.js').Front} front
   * @param {number} start
   * @param {number} count
   * @param {Uint16Array} tables
   * @param {Int32Array} means
   */
  predict({ lines, depths }, start, count, tables, means) {
    const { model, canvas, features } = this;
    const [, , k2] = model.kernel;
    const contexts = this.#grid(count, model.lines * k2);
    for (let i = 0, to = 0; i < count; i++) {
      const cell = this.#cell(lines[start + i], depths[start + i]);
      for (const line of this.starts) {
        for (let k = 0; k < k2; k++) contexts.data[to++] = canvas[cell + line + k];
      }
    }
    const seen = model.convolution.apply(contexts);
    const each = model.hyperFeatures;
    let a = this.#grid(count, seen.channels + each);
    for (let i = 0, to = 0; i < count; i++) {
      const from = i * seen.channels;
      for (let c = 0; c < seen.channels; c++) a.data[to++] = seen.data[from + c];
      const at = this.place(lines[start + i], depths[start + i]) * each;
      for (let f = 0; f < each; f++) a.data[to++] = features[at + f];
    }
    for (const layer of model.joint) a = layer.apply(a);
    const index = model.table.apply(a).data;
    const mean = model.mean.apply(a).data;
    for (let i = 0; i < count; i++) {
      const eighths = mean[i] - MEAN_ZERO;
      tables[i] = index[i] * FRACTIONS + (eighths & (FRACTIONS - 1));
      means[i] = eighths >> 3; // rounds down
    }
  }

  /**
   * @param {number} line
   * @param {number} depth
   */
  #cell(line, depth) {
    const n1 = this.shape[1];
    return Math.floor(line / n1) * this.plane + (line % n1) * this.row + depth;
  }

  /**
   * @param {number} count
   * @param {number} channels
   * @returns {import('./integer-conv.js').Grid}
   */
  #grid(count, channels) {
    return { height: 1, width: count, channels, data: new Int16Array(count * channels) };
  }
}
