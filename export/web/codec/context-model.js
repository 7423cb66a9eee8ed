import { BundleError } from './errors.js';
import { IntegerConv } from './integer-conv.js';

export const FRACTIONS = 8;
/** The mean layer gives 0..2047, for -128 to 127 7/8. */
export const MEAN_ZERO = 1024;
const MAX_MEAN = 2 * MEAN_ZERO - 1;
const MAX_INDEX = 63;
const MAX_SIDE = 31; // of the kernel
const MAX_JOINT = 16; // layers
/** Magnitude of latents as the convolution sees them. */
export const MAX_CONTEXT = 127;

/**
 * The arrays of a layer.
 *
 * @typedef {object} Layer
 * @property {import('./integer-conv.js').IntegerArray} kernel
 * @property {Int32Array} bias
 * @property {Int32Array} params
 * @property {string} name
 */

/**
 * The integer layers that predict a latent from those before it ("Context model" of the format).
 */
export class ContextModel {
  /**
   * @param {number[]} axes of the latents (0 row, 1 column, 2 channel), slowest to fastest
   * @param {Layer} convolution kernel [k0, k1, k2, features] along the axes
   * @param {IntegerConv[]} joint 1x1 layers on the features of a latent
   * @param {Layer} table 1x1 layer with one output, the table index
   * @param {Layer} mean 1x1 layer with one output, the mean in eighths plus `MEAN_ZERO`
   */
  constructor(axes, convolution, joint, table, mean) {
    const { shape, data } = convolution.kernel;
    const [k0, k1, k2, features] = shape;
    if (axes.slice().sort().join() !== '0,1,2') {
      throw new BundleError(`the context model has axes ${axes}: export the bundle again`);
    }
    const sides = [k0, k1, k2];
    if (!sides.every((side) => side % 2 && side <= MAX_SIDE) || !features) {
      throw new BundleError(`the context kernel is ${shape}: export the bundle again`);
    }
    const middle = ((k0 * k1 * k2 - 1) / 2) * features;
    if (data.subarray(middle).some((weight) => weight !== 0)) {
      throw new BundleError('the context model looks ahead: export the bundle again');
    }
    this.axes = axes;
    /** The kernel's size along the axes. */
    this.kernel = sides;
    /** Rows of the kernel up to the one through its middle: what comes after is 0. */
    this.lines = Math.floor((k0 * k1) / 2) + 1;
    const seen = {
      shape: [1, 1, this.lines * k2, features],
      data: data.subarray(0, this.lines * k2 * features),
    };
    this.convolution = layerOf({ ...convolution, kernel: seen }, { input: MAX_CONTEXT });
    if (joint.length > MAX_JOINT) {
      throw new BundleError(`the context model has more than ${MAX_JOINT} joint layers`);
    }
    this.joint = joint;
    this.table = layerOf(table, { maximum: MAX_INDEX });
    this.mean = layerOf(mean, { maximum: MAX_MEAN });
    /** Features that each latent gets from the hyper-latents. */
    this.hyperFeatures = (joint[0] ?? this.table).inputs - features;
    let channels = features + this.hyperFeatures;
    for (const layer of joint) {
      requirePointwise(layer, channels);
      channels = layer.outputs;
    }
    for (const layer of [this.table, this.mean]) {
      requirePointwise(layer, channels);
      if (layer.outputs !== 1) {
        throw new BundleError(`${layer.name} has more than one output: export again`);
      }
    }
  }
}

/**
 * @param {Layer} layer
 * @param {{ maximum?: number, input?: number }} limits
 */
function layerOf({ kernel, bias, params, name }, limits) {
  return new IntegerConv(kernel, bias, params, name, limits);
}

/**
 * @param {IntegerConv} layer
 * @param {number} channels
 */
function requirePointwise(layer, channels) {
  const pointwise = layer.kernelHeight === 1 && layer.kernelWidth === 1 && layer.upscale === 1;
  if (!pointwise || layer.inputs !== channels) {
    throw new BundleError(`the layer ${layer.name} does not fit the others: export again`);
  }
}
