import { sharedKernel } from './convolution-kernel.js';
import { BitstreamError, BundleError } from './errors.js';
import { windows } from './tiling.js';

const MAX_INPUT = 127;
const MAX_LAYERS = 16;
/** Hyper-latents per window: memory stays small for any picture. Exactness hides the seams. */
const MAX_CELLS = 512;

/**
 * The integer network from hyper-latents to table indexes or context features ("Integer scale
 * decoder" of the format). It decides how a stream is parsed: the same integers everywhere.
 */
export class ScaleDecoder {
  /** @param {import('./integer-conv.js').IntegerConv[]} layers */
  constructor(layers) {
    if (!layers.length || layers.length > MAX_LAYERS) {
      throw new BundleError(
        `the scale decoder has ${layers.length} layers, of 1 to ${MAX_LAYERS}: export again`,
      );
    }
    let reach = 0;
    this.upscale = 1;
    this.inputs = layers[0].inputs;
    this.outputs = this.inputs;
    for (const layer of layers) {
      if (layer.inputs !== this.outputs) {
        throw new BundleError('the layers of the scale decoder do not fit: export again');
      }
      reach += layer.reach / this.upscale;
      this.outputs = layer.channels;
      this.upscale *= layer.upscale;
    }
    this.layers = layers;
    this.maximum = layers[layers.length - 1].maximum;
    this.halo = Math.ceil(reach);
  }

  /**
   * Returns the index map [height, width, outputs] of `z` [rows, columns, inputs], all row-major;
   * what lies beyond `height` and `width` is dropped.
   *
   * @param {Int32Array} z
   * @param {{ rows: number, columns: number, height: number, width: number }} size
   * @param {import('./pace.js').Pace} pace
   */
  async indexes(z, { rows, columns, height, width }, pace) {
    const { inputs, outputs, upscale } = this;
    const result = new Uint8Array(height * width * outputs);
    const geometry = { cell: 1, out: upscale, halo: this.halo };
    for (const window of windows(geometry, rows, columns, MAX_CELLS)) {
      await pace.step();
      const { rows: down, columns: across } = window;
      const cells = { height: down.stop - down.start, width: across.stop - across.start };
      const data = new Int16Array(cells.height * cells.width * inputs);
      for (let y = 0; y < cells.height; y++) {
        const from = ((down.start + y) * columns + across.start) * inputs;
        data.set(z.subarray(from, from + cells.width * inputs), y * cells.width * inputs);
      }
      /** @type {import('./integer-conv.js').Grid} */
      let grid = { ...cells, channels: inputs, data };
      for (const layer of this.layers) {
        grid = layer.apply(grid, sharedKernel(), layer !== this.layers[this.layers.length - 1]);
      }
      const left = across.keepStart * upscale;
      const right = Math.min(across.keepStop * upscale, width);
      const bottom = Math.min(down.keepStop * upscale, height);
      for (let y = down.keepStart * upscale; y < bottom; y++) {
        const line = (y - down.start * upscale) * grid.width - across.start * upscale;
        const kept = grid.data.subarray((line + left) * outputs, (line + right) * outputs);
        copyBytes(kept, result, (y * width + left) * outputs);
      }
    }
    return result;
  }
}

/**
 * Copies numbers below 256; faster than `set`, which converts each by the rules.
 *
 * @param {Int16Array} from
 * @param {Uint8Array} to
 * @param {number} start
 */
function copyBytes(from, to, start) {
  for (let i = 0; i < from.length; i++) to[start + i] = from[i];
}

/**
 * Throws where hyper-latents are outside of what keeps all machines alike.
 *
 * @param {Int32Array} z
 * @param {number} start
 * @param {number} stop
 */
export function checkHyperLatents(z, start = 0, stop = z.length) {
  for (let i = start; i < stop; i++) {
    if (z[i] < -MAX_INPUT || z[i] > MAX_INPUT) {
      throw new BitstreamError(`a hyper-latent is outside +-${MAX_INPUT}: the file is damaged`);
    }
  }
}
