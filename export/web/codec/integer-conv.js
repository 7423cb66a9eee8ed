import { sharedKernel } from './convolution-kernel.js';
import { BLOCK, STEP } from './convolution-module.js';
import { BundleError } from './errors.js';

export const MAX_ACTIVATION = 255;
const MAX_WEIGHT = 127;
const MAX_SUM = 2 ** 20;
const MAX_SHIFT = 20;
const MAX_OUTPUTS = 2 ** 13;
const MAX_WEIGHTS = 2 ** 15; // of an output, zeros included

/**
 * Integers [height, width, channels], row-major, at most 16 bits each.
 *
 * @typedef {{ height: number, width: number, channels: number, data: Int16Array }} Grid
 */

/**
 * An array of a bundle.
 *
 * @typedef {{ shape: number[], data: Int8Array | Int32Array }} IntegerArray
 */

/**
 * One layer of integer networks: convolution, rounding division by 2^shift, clipping to 0..maximum,
 * then depth-to-space.
 */
export class IntegerConv {
  /**
   * @param {IntegerArray} kernel of shape height, width, inputs, outputs
   * @param {Int32Array} bias one for each output
   * @param {ArrayLike<number>} params shift, maximum, upscale
   * @param {string} name how errors call the layer
   * @param {{ maximum?: number, input?: number }} limits the largest maximum, and input
   */
  constructor(kernel, bias, params, name, limits = {}) {
    const [shift, maximum, upscale] = Array.from(params);
    this.name = name;
    this.shift = shift;
    this.maximum = maximum;
    this.upscale = upscale;
    this.kernelHeight = kernel.shape[0];
    this.kernelWidth = kernel.shape[1];
    this.inputs = kernel.shape[2];
    this.outputs = kernel.shape[3];
    this.#check(kernel, bias, limits);
    this.blocks = Math.ceil(this.outputs / BLOCK);
    this.steps = Math.ceil((Math.ceil(this.inputs / 2) * this.kernelWidth) / STEP);
    /** As the kernel takes them, with half of the divisor, which makes the shift round. */
    this.bias = new Int32Array(this.blocks * BLOCK);
    for (let k = 0; k < this.outputs; k++) this.bias[k] = bias[k] + 2 ** (shift - 1);
    this.weights = this.#packed(kernel.data);
  }

  /** How far the kernel reaches to each side. */
  get reach() {
    return Math.max(this.kernelHeight, this.kernelWidth) >> 1;
  }

  /** The channels that this layer hands on. */
  get channels() {
    return this.outputs / this.upscale ** 2;
  }

  /**
   * Runs the layer; outside the input are zeros.
   *
   * @param {Grid} input
   * @param {boolean} lasting whether the result is used after the next run of any layer
   * @returns {Grid}
   */
  apply(input, kernel = sharedKernel(), lasting = true) {
    const { height, width } = input;
    const depth = input.channels + (input.channels % 2); // inputs come in pairs
    const padY = this.kernelHeight >> 1;
    const padX = this.kernelWidth >> 1;
    const row = (width + 2 * padX) * depth;
    const src = 2 * this.weights.length;
    const bias = aligned(src + 2 * row * (height + 2 * padY));
    const dst = aligned(bias + 4 * this.bias.length);
    const stride = this.blocks * BLOCK;
    const { words, longs } = kernel.reserve(dst + 2 * height * width * stride);
    words.set(this.weights);
    longs.set(this.bias, bias / 4);
    words.fill(0, src / 2, src / 2 + row * (height + 2 * padY));
    for (let y = 0; y < height; y++) {
      const to = src / 2 + (y + padY) * row + padX * depth;
      copyRow(input, y, words, to, depth);
    }
    kernel.run({
      src,
      rowBytes: 2 * row,
      cellBytes: 2 * depth,
      weights: 0,
      bias,
      dst,
      height,
      width,
      kernelHeight: this.kernelHeight,
      steps: this.steps,
      blocks: this.blocks,
      shift: this.shift,
      maximum: this.maximum,
    });
    return this.#collect(words, dst / 2, height, width, lasting);
  }

  /**
   * Copies the outputs out of the kernel's memory: channel (2 i + j) * channels + c goes to row i
   * and column j of a block, where the layer upscales.
   *
   * @param {Int16Array} words
   * @param {number} start
   * @param {number} height
   * @param {number} width
   * @param {boolean} lasting
   * @returns {Grid}
   */
  #collect(words, start, height, width, lasting) {
    const { upscale, channels, outputs } = this;
    const stride = this.blocks * BLOCK;
    if (upscale === 1 && stride === outputs) {
      const found = words.subarray(start, start + height * width * stride);
      return { height, width, channels, data: lasting ? found.slice() : found };
    }
    const data = new Int16Array(height * width * outputs);
    const row = width * upscale * channels;
    for (let part = 0; part < upscale * upscale; part++) {
      const [i, j] = [Math.floor(part / upscale), part % upscale];
      for (let y = 0; y < height; y++) {
        let from = start + y * width * stride + part * channels;
        let to = (y * upscale + i) * row + j * channels;
        for (let x = 0; x < width; x++, from += stride, to += upscale * channels) {
          for (let c = 0; c < channels; c++) data[to + c] = words[from + c];
        }
      }
    }
    return { height: height * upscale, width: width * upscale, channels, data };
  }

  /**
   * Lays weights out as the kernel takes them.
   *
   * @param {ArrayLike<number>} kernel
   */
  #packed(kernel) {
    const { inputs, outputs, kernelHeight, kernelWidth, blocks } = this;
    const pairs = this.steps * STEP;
    const depth = inputs + (inputs % 2);
    const weights = new Int16Array(blocks * kernelHeight * pairs * BLOCK * 2);
    for (let i = 0; i < kernelHeight; i++) {
      for (let j = 0; j < kernelWidth; j++) {
        for (let c = 0; c < inputs; c++) {
          const from = ((i * kernelWidth + j) * inputs + c) * outputs;
          const place = j * depth + c; // of the input under this row of the kernel
          for (let k = 0; k < outputs; k++) {
            const block = (k - (k % BLOCK)) / BLOCK;
            const pair = (block * kernelHeight + i) * pairs + (place >> 1);
            weights[(pair * BLOCK + (k % BLOCK)) * 2 + (place & 1)] = kernel[from + k];
          }
        }
      }
    }
    return weights;
  }

  /**
   * Throws unless the bounds hold that make all implementations agree.
   *
   * @param {IntegerArray} kernel
   * @param {Int32Array} bias
   * @param {{ maximum?: number, input?: number }} limits
   */
  #check({ shape, data }, bias, { maximum = MAX_ACTIVATION, input = MAX_ACTIVATION }) {
    const { outputs, upscale } = this;
    if (shape.length !== 4 || !data.length || bias.length !== outputs) {
      throw this.#error(`has a kernel of shape ${shape} and a bias of ${bias.length} numbers`);
    }
    if (shape[0] % 2 === 0 || shape[1] % 2 === 0) {
      throw this.#error(`has an even kernel ${shape}`);
    }
    if ((upscale !== 1 && upscale !== 2) || outputs % upscale ** 2) {
      throw this.#error(`cannot upscale ${outputs} channels by ${upscale}`);
    }
    const inside = this.shift >= 1 && this.shift <= MAX_SHIFT && this.maximum >= 1;
    if (!inside || this.maximum > maximum) {
      throw this.#error(`has shift ${this.shift} and maximum ${this.maximum}`);
    }
    if (outputs > MAX_OUTPUTS || data.length / outputs > MAX_WEIGHTS) {
      throw this.#error(`has ${outputs} outputs of ${data.length / outputs} weights: too many`);
    }
    const sums = Float64Array.from(bias, Math.abs);
    for (let i = 0; i < data.length; i++) {
      const weight = Math.abs(data[i]);
      if (weight > MAX_WEIGHT) throw this.#error(`has a weight of ${data[i]}`);
      sums[i % outputs] += input * weight;
    }
    const largest = sums.reduce((a, b) => Math.max(a, b));
    if (largest > MAX_SUM) throw this.#error(`may reach ${largest}, above ${MAX_SUM}`);
  }

  /** @param {string} problem */
  #error(problem) {
    return new BundleError(`${this.name} ${problem}: export the bundle again`);
  }
}

/**
 * @param {Grid} input
 * @param {number} y
 * @param {Int16Array} words
 * @param {number} to
 * @param {number} depth of the padded array
 */
function copyRow({ width, channels, data }, y, words, to, depth) {
  const from = y * width * channels;
  if (depth === channels) {
    words.set(data.subarray(from, from + width * channels), to);
    return;
  }
  for (let x = 0; x < width; x++) {
    for (let c = 0; c < channels; c++) words[to + x * depth + c] = data[from + x * channels + c];
  }
}

/** @param {number} bytes */
function aligned(bytes) {
  return Math.ceil(bytes / 16) * 16;
}
