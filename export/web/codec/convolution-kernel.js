/**
 * The inner loops of integer convolutions, once as plain JavaScript, once as a WebAssembly function
 * with vectors, which computes eight products at a time and takes a fiftieth of the time. Both give
 * the same integers: weights and inputs fit 16 bits, sums 32, since the format bounds them by 2^20.
 */

import { BLOCK, PARAMETERS, STEP, convolutionModule } from './convolution-module.js';

const PAGE = 65536; // bytes of WebAssembly memory
/** Bytes that loops may read or write beyond an array: those of one more position. */
const SLACK = 1 << 16;

/**
 * Where the arrays of a convolution lie in memory, in bytes, and what it does.
 *
 * @typedef {object} Task
 * @property {number} src input, 16 bits, [height + kernelHeight - 1] rows of rowBytes
 * @property {number} rowBytes
 * @property {number} cellBytes from one position of the input to the next, a multiple of 4
 * @property {number} weights 16 bits, [blocks, kernelHeight, steps, STEP, BLOCK, 2]
 * @property {number} bias 32 bits, [blocks, BLOCK], half of the divisor added
 * @property {number} dst output, 16 bits, [height, width, blocks * BLOCK]
 * @property {number} height
 * @property {number} width
 * @property {number} kernelHeight
 * @property {number} steps each takes STEP pairs of neighbouring inputs under a row of the kernel;
 *     what is beyond the row has weights of 0
 * @property {number} blocks
 * @property {number} shift
 * @property {number} maximum
 */

/** @typedef {(task: Task) => void} Convolve */

/** Runs convolutions in a memory of its own, which grows as needed. */
export class ConvolutionKernel {
  /** @param {boolean} vectors whether to use WebAssembly where it is there */
  constructor(vectors = true) {
    const compiled = vectors ? compile() : null;
    this.vectors = compiled !== null;
    this.memory = compiled ? compiled.memory : { buffer: new ArrayBuffer(PAGE) };
    /** @type {Convolve} */
    this.run = compiled ? compiled.convolve : (task) => convolve(this.memory.buffer, task);
  }

  /**
   * Makes the memory at least `bytes` long; returns views of all of it.
   *
   * @param {number} bytes
   */
  reserve(bytes) {
    const missing = bytes + SLACK - this.memory.buffer.byteLength;
    if (missing > 0) {
      if (this.memory instanceof WebAssembly.Memory) this.memory.grow(Math.ceil(missing / PAGE));
      else this.memory.buffer = new ArrayBuffer(bytes + SLACK);
    }
    return {
      words: new Int16Array(this.memory.buffer),
      longs: new Int32Array(this.memory.buffer),
    };
  }
}

/** @type {ConvolutionKernel | null} */
let common = null;

/** The kernel that everything on this thread shares. */
export function sharedKernel() {
  common ??= new ConvolutionKernel();
  return common;
}

/**
 * The definition, in plain JavaScript.
 *
 * @param {ArrayBuffer} buffer
 * @param {Task} task
 */
function convolve(buffer, task) {
  const { height, width, kernelHeight, blocks, shift, maximum } = task;
  const pairs = task.steps * STEP;
  const words = new Int16Array(buffer);
  const bias = new Int32Array(buffer, task.bias, blocks * BLOCK);
  const row = task.rowBytes / 2;
  const cell = task.cellBytes / 2;
  const sums = new Int32Array(BLOCK);
  for (let block = 0; block < blocks; block++) {
    const weights = task.weights / 2 + block * kernelHeight * pairs * BLOCK * 2;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let k = 0; k < BLOCK; k++) sums[k] = bias[block * BLOCK + k];
        let w = weights;
        for (let i = 0; i < kernelHeight; i++) {
          let from = task.src / 2 + (y + i) * row + x * cell;
          for (let pair = 0; pair < pairs; pair++, from += 2) {
            const first = words[from];
            const second = words[from + 1];
            for (let k = 0; k < BLOCK; k++, w += 2) {
              sums[k] += first * words[w] + second * words[w + 1];
            }
          }
        }
        const to = task.dst / 2 + ((y * width + x) * blocks + block) * BLOCK;
        for (let k = 0; k < BLOCK; k++) {
          words[to + k] = Math.min(Math.max(sums[k] >> shift, 0), maximum);
        }
      }
    }
  }
}

/** Returns the vector form and its memory; null where there is no WebAssembly with vectors. */
function compile() {
  try {
    const memory = new WebAssembly.Memory({ initial: 2 });
    const module = new WebAssembly.Module(convolutionModule());
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    const call = /** @type {(...values: number[]) => void} */ (instance.exports.convolve);
    /** @type {Convolve} */
    const convolve = (task) => call(...PARAMETERS.map((name) => task[name]));
    return { memory, convolve };
  } catch {
    return null;
  }
}
