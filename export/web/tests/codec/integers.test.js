import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ContextModel } from '../../codec/context-model.js';
import { ConvolutionKernel } from '../../codec/convolution-kernel.js';
import { BitstreamError, BundleError } from '../../codec/errors.js';
import { IntegerConv } from '../../codec/integer-conv.js';
import { Pace } from '../../codec/pace.js';
import { ScaleDecoder, checkHyperLatents } from '../../codec/scale-decoder.js';
import { crc16 } from '../../codec/checksums.js';
import { fronts } from '../../codec/wavefront.js';
import { layerOf, randomNumbers, shapeOf, vectors } from './test-data.js';

const [VECTOR] = vectors('scales');

test('vector: a whole scale decoder', async () => {
  const scales = new ScaleDecoder(VECTOR.layers.map((layer) => layerOf(layer)));
  const [rows, columns] = shapeOf(VECTOR.z);
  const [height, width] = shapeOf(VECTOR.index);
  const z = Int32Array.from(VECTOR.z.flat(9));
  const found = await scales.indexes(z, { rows, columns, height, width }, new Pace());
  assert.deepEqual([...found], VECTOR.index.flat(9));
  assert.equal(crc16(found), VECTOR.crc16);
  const part = await scales.indexes(
    z,
    { rows, columns, height: height - 1, width: width - 3 },
    new Pace(),
  );
  const cropped = VECTOR.index.slice(0, -1).map((row) => row.slice(0, -3));
  assert.deepEqual([...part], cropped.flat(9));
});

test('a layer worked out by hand', () => {
  // A kernel of 1x3 that takes left, middle and right neighbour 1, 2 and 3 times; shift 1, bias 1:
  // (1 + 1 * left + 2 * middle + 3 * right + 1) >> 1, clipped to 0..9.
  const kernel = [[[[1]], [[2]], [[3]]]];
  const layer = layerOf({ kernel, bias: [1], shift: 1, maximum: 9, upscale: 1 });
  const input = { height: 1, width: 4, channels: 1, data: Int16Array.of(1, -2, 3, 4) };
  assert.deepEqual([...layer.apply(input).data], [0, 4, 9, 6]);
  // 1 + 0 + 2 - 6 + 1 = -2; 1 + 1 - 4 + 9 + 1 = 8; 1 - 2 + 6 + 12 + 1 = 18; 1 + 3 + 8 + 0 + 1 = 13
});

test('depth to space puts channel (2 i + j) C + c to row i, column j', () => {
  const kernel = [[[[1, 2, 3, 4, 5, 6, 7, 8]]]];
  const layer = layerOf({ kernel, bias: Array(8).fill(0), shift: 1, maximum: 255, upscale: 2 });
  const input = { height: 1, width: 2, channels: 1, data: Int16Array.of(2, 20) };
  const found = layer.apply(input);
  assert.deepEqual([found.height, found.width, found.channels], [2, 4, 2]);
  assert.deepEqual([...found.data], [1, 2, 3, 4, 10, 20, 30, 40, 5, 6, 7, 8, 50, 60, 70, 80]);
});

test('both kernels give the definition, for layers of any form', () => {
  const random = randomNumbers(3);
  const whole = (least, most) => least + Math.floor(random() * (most - least + 1));
  const kernels = [new ConvolutionKernel(true), new ConvolutionKernel(false)];
  assert.deepEqual(
    kernels.map((kernel) => kernel.vectors),
    [true, false],
  );
  for (let round = 0; round < 60; round++) {
    const upscale = whole(1, 2);
    const [kh, kw] = [2 * whole(0, 2) + 1, 2 * whole(0, 2) + 1];
    const [inputs, outputs] = [whole(1, 9), whole(1, 12) * upscale ** 2];
    const shape = [kh, kw, inputs, outputs];
    const data = Int32Array.from({ length: kh * kw * inputs * outputs }, () => {
      return Math.round((random() - 0.5) * random() * 36);
    });
    const bias = Int32Array.from({ length: outputs }, () => whole(-3000, 3000));
    const [shift, maximum] = [whole(1, 9), whole(1, 255)];
    const layer = new IntegerConv({ shape, data }, bias, [shift, maximum, upscale], 'layer');
    const [height, width] = [whole(1, 9), whole(1, 9)];
    const grid = {
      height,
      width,
      channels: inputs,
      data: Int16Array.from({ length: height * width * inputs }, () => whole(-127, 255)),
    };
    const expected = defined(grid, layer, data, bias);
    for (const kernel of kernels) assert.deepEqual([...layer.apply(grid, kernel).data], expected);
  }
});

/** "Integer scale decoder" of the format, letter by letter. */
function defined({ height, width, data: a }, layer, kernel, bias) {
  const { kernelHeight: kh, kernelWidth: kw, inputs, outputs, shift, maximum, upscale } = layer;
  const depth = outputs / upscale ** 2;
  const result = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let k = 0; k < outputs; k++) {
        let acc = bias[k];
        for (let i = 0; i < kh; i++) {
          for (let j = 0; j < kw; j++) {
            const [row, column] = [y + i - (kh - 1) / 2, x + j - (kw - 1) / 2];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            for (let c = 0; c < inputs; c++) {
              acc +=
                a[(row * width + column) * inputs + c] *
                kernel[((i * kw + j) * inputs + c) * outputs + k];
            }
          }
        }
        const out = Math.min(
          Math.max(Math.floor((acc + 2 ** (shift - 1)) / 2 ** shift), 0),
          maximum,
        );
        const part = Math.floor(k / depth);
        const toY = y * upscale + Math.floor(part / upscale);
        const toX = x * upscale + (part % upscale);
        result[(toY * width * upscale + toX) * depth + (k % depth)] = out;
      }
    }
  }
  return result;
}

test('the largest sums that the format allows are exact', () => {
  // 32 weights of 127 and one of 47 reach 255 * 4111 = 1048305, and the bias the rest up to 2^20.
  const weights = [...Array(32).fill(127), 47, 0];
  for (const sign of [1, -1]) {
    const kernel = [[weights.map((weight) => [sign * weight])]];
    const bias = [sign * (2 ** 20 - 255 * 4111)];
    const layer = layerOf({ kernel, bias, shift: 20, maximum: 255, upscale: 1 });
    const input = { height: 1, width: 3, channels: 34, data: new Int16Array(102).fill(255) };
    for (const vectors of [true, false]) {
      const found = layer.apply(input, new ConvolutionKernel(vectors));
      assert.deepEqual([...found.data], Array(3).fill(sign > 0 ? 1 : 0));
    }
  }
});

test('a large index map has no seams', async () => {
  const scales = new ScaleDecoder(VECTOR.layers.map((layer) => layerOf(layer)));
  const random = randomNumbers(5);
  const [rows, columns] = [40, 37]; // three windows or more
  const z = Int32Array.from({ length: rows * columns * 3 }, () => Math.floor(random() * 9) - 4);
  const size = { rows, columns, height: 4 * rows, width: 4 * columns };
  const found = await scales.indexes(z, size, new Pace());
  let grid = { height: rows, width: columns, channels: 3, data: Int16Array.from(z) };
  for (const layer of scales.layers) grid = layer.apply(grid);
  assert.deepEqual(found, Uint8Array.from(grid.data));
});

test('hyper-latents beyond 127 are damage', () => {
  checkHyperLatents(Int32Array.of(127, -127));
  for (const z of [128, -128, 2 ** 30]) {
    assert.throws(() => checkHyperLatents(Int32Array.of(0, z)), BitstreamError);
  }
});

test('layers that break a bound are refused', () => {
  const good = { kernel: [[[[1]]]], bias: [0], shift: 1, maximum: 255, upscale: 1 };
  layerOf(good);
  for (const change of [
    { kernel: [[[[128]]]] },
    { kernel: [[[[1]], [[1]]]] },
    { bias: [0, 0] },
    { bias: [2 ** 20 - 254] },
    { shift: 0 },
    { shift: 21 },
    { maximum: 256 },
    { maximum: 0 },
    { upscale: 2 },
    { upscale: 3 },
  ]) {
    assert.throws(() => layerOf({ ...good, ...change }), BundleError, JSON.stringify(change));
  }
  layerOf({ ...good, bias: [2 ** 20 - 255] });
  const [one, two] = [layerOf(good), layerOf({ ...good, kernel: [[[[1], [1]]]] })];
  assert.throws(() => new ScaleDecoder([one, two]), BundleError);
  assert.throws(() => new ScaleDecoder([]), BundleError);
});

test('fronts cover a grid once, each after all that it depends on', () => {
  const random = randomNumbers(6);
  for (let round = 0; round < 30; round++) {
    const shape = Array.from({ length: 3 }, () => 1 + Math.floor(random() * 6));
    const kernel = Array.from({ length: 3 }, () => 1 + 2 * Math.floor(random() * 3));
    const [n0, n1, n2] = shape;
    const times = new Map();
    let time = 0;
    for (const { lines, depths } of fronts(shape, kernel)) {
      time += 1;
      lines.forEach((line, i) => times.set(line * n2 + depths[i], time));
    }
    assert.equal(times.size, n0 * n1 * n2);
    const reach = kernel.map((side) => side >> 1);
    for (const [element, t] of times) {
      const x = [Math.floor(element / n2 / n1), Math.floor(element / n2) % n1, element % n2];
      for (const [other, s] of times) {
        if (other >= element) continue;
        const y = [Math.floor(other / n2 / n1), Math.floor(other / n2) % n1, other % n2];
        if (y.every((place, axis) => Math.abs(place - x[axis]) <= reach[axis])) assert.ok(s < t);
      }
    }
  }
});

test('context models that look ahead or do not fit are refused', () => {
  const array = (shape, fill = 0) => {
    return { shape, data: new Int32Array(shape.reduce((a, b) => a * b)).fill(fill) };
  };
  const layer = (shape, name, maximum = 63, fill = 0) => {
    const params = Int32Array.of(1, maximum, 1);
    return { kernel: array(shape, fill), bias: new Int32Array(shape.at(-1)), params, name };
  };
  const [table, mean] = [layer([1, 1, 3, 1], 'table'), layer([1, 1, 3, 1], 'mean', 2047)];
  const context = layer([1, 3, 1, 2], 'context');
  const made = new ContextModel([0, 1, 2], context, [], table, mean);
  assert.equal(made.hyperFeatures, 1);
  const ahead = layer([1, 3, 1, 2], 'context', 63, 1);
  const bad = [
    [[0, 1, 1], context, [], table, mean],
    [[0, 1, 2], ahead, [], table, mean],
    [[0, 1, 2], layer([2, 3, 1, 2], 'context'), [], table, mean],
    [[0, 1, 2], context, [], layer([1, 1, 4, 1], 'table'), mean],
    [[0, 1, 2], context, [], layer([1, 1, 3, 2], 'table'), mean],
    [[0, 1, 2], context, [], layer([1, 1, 3, 1], 'table', 64), mean],
    [[0, 1, 2], context, [], table, layer([1, 1, 3, 1], 'mean', 2048)],
  ];
  for (const parts of bad) assert.throws(() => new ContextModel(...parts), BundleError);
});
