import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FloatGrid } from '../../codec/float-grid.js';
import { Means } from '../../codec/means.js';
import { Networks } from '../../codec/networks.js';
import { Pace } from '../../codec/pace.js';
import { doubledWindow, halved } from '../../codec/pyramid.js';
import { windows } from '../../codec/tiling.js';
import { randomNumbers } from './test-data.js';

const WHOLE = 2 ** 20;

test('windows of one size cover each cell once, with all of its context', () => {
  for (const height of [1, 2, 13, 60]) {
    for (const width of [1, 7, 40]) {
      for (const [cell, halo, maxCells] of [
        [1, 0, 9],
        [1, 3, 100],
        [16, 33, 200],
        [1, WHOLE, 4],
      ]) {
        const geometry = { cell, out: 1, halo };
        const reach = Math.ceil(halo / cell);
        const all = windows(geometry, height, width, maxCells);
        const sizes = all.map(({ rows, columns }) => {
          return `${rows.stop - rows.start}x${columns.stop - columns.start}`;
        });
        assert.equal(new Set(sizes).size, 1);
        const counts = new Uint8Array(height * width);
        for (const { rows, columns } of all) {
          for (const [span, size] of [
            [rows, height],
            [columns, width],
          ]) {
            assert.ok(0 <= span.start && span.stop <= size);
            assert.ok(span.start === 0 || span.keepStart - span.start >= reach);
            assert.ok(span.stop === size || span.stop - span.keepStop >= reach);
          }
          for (let y = rows.keepStart; y < rows.keepStop; y++) {
            for (let x = columns.keepStart; x < columns.keepStop; x++) counts[y * width + x]++;
          }
        }
        assert.ok(counts.every((count) => count === 1));
      }
    }
  }
});

/** A network of `out` outputs per input and side, which depend on 3x3 inputs, zeros outside. */
function blur(out, shapes) {
  return async (input, [, height, width, channels]) => {
    shapes.add(`${height}x${width}`);
    const at = (y, x, c) => {
      return y < 0 || x < 0 || y >= height || x >= width
        ? 0
        : input[(y * width + x) * channels + c];
    };
    const data = new Float32Array(height * width * out * out * channels);
    for (let y = 0, to = 0; y < height * out; y++) {
      for (let x = 0; x < width * out; x++) {
        for (let c = 0; c < channels; c++, to++) {
          const [row, column] = [Math.floor(y / out), Math.floor(x / out)];
          for (let i = -1; i <= 1; i++) {
            for (let j = -1; j <= 1; j++) data[to] += at(row + i, column + j, c) * (i + 3 * j + 5);
          }
          data[to] += (y % out) - (x % out);
        }
      }
    }
    return { data, shape: [1, height * out, width * out, channels] };
  };
}

function randomValues(height, width, channels) {
  const random = randomNumbers(height + width);
  return Float32Array.from({ length: height * width * channels }, () => Math.floor(random() * 100));
}

async function together({ height, width, maxCells, tile = 0 }) {
  const shapes = new Set();
  const runtime = { load: async () => ({ run: blur(4, shapes) }) };
  const bundle = { name: 'blur', digest: '', readFile: async () => new Uint8Array(1) };
  const geometry = { cell: 1, out: 4, halo: 1, tile };
  const part = { kind: 'mean', file: 'blur.tflite', channels: 2, geometry };
  const grid = new FloatGrid(height, width, 2, randomValues(height, width, 2));
  const source = { height, width, window: (...place) => grid.crop(...place) };
  const result = new FloatGrid(4 * height, 4 * width, 2);
  const networks = new Networks(runtime, maxCells);
  await networks.run(bundle, part, source, (kept, y, x) => result.paste(kept, y, x), new Pace());
  return { values: result.values, shapes };
}

test('a network gives in windows what it gives in one piece', async () => {
  for (const [height, width] of [
    [23, 31],
    [5, 40],
    [1, 50],
  ]) {
    const whole = await together({ height, width, maxCells: 1e9 });
    for (const maxCells of [30, 100, 300]) {
      const parts = await together({ height, width, maxCells });
      assert.deepEqual(parts.values, whole.values);
      assert.equal(parts.shapes.size, 1);
    }
    assert.deepEqual([...whole.shapes], [`${height}x${width}`]);
  }
});

test('a network of fixed shape takes no other, and small arrays are extended', async () => {
  const whole = await together({ height: 23, width: 31, maxCells: 1e9 });
  const tiles = await together({ height: 23, width: 31, maxCells: 1e9, tile: 8 });
  assert.deepEqual(tiles.values, whole.values);
  assert.deepEqual([...tiles.shapes], ['8x8']);
  const small = await together({ height: 3, width: 5, maxCells: 1e9, tile: 8 });
  assert.deepEqual([...small.shapes], ['8x8']);
  // Away from the border that is extended, nothing changes.
  const alone = await together({ height: 3, width: 5, maxCells: 1e9 });
  assert.deepEqual(small.values.slice(0, 2 * 4 * 4), alone.values.slice(0, 2 * 4 * 4));
});

test('means of any window are those of the whole, from windows of one size', async () => {
  const [height, width] = [61, 90];
  const z = Int32Array.from(randomValues(16, 23, 2));
  const shapes = new Set();
  const runtime = { load: async () => ({ run: blur(4, shapes) }) };
  const part = { kind: 'mean', file: 'mean', channels: 2, geometry: { cell: 1, out: 4, halo: 1 } };
  const bundle = {
    name: 'blur',
    digest: '',
    channels: 2,
    hyperChannels: 2,
    readFile: async () => new Uint8Array(1),
    part: () => part,
  };
  const means = new Means(new Networks(runtime, 1e9), bundle, { height, width, z }, new Pace());
  const whole = await means.window(0, 0, height, width);
  shapes.clear();
  for (const [top, left] of [
    [0, 0],
    [3, 5],
    [17, 31],
    [41, 50],
    [20, 69],
  ]) {
    const found = await means.window(top, left, 20, 21);
    assert.deepEqual(found.values, whole.crop(top, left, 20, 21).values, `${top} ${left}`);
  }
  assert.equal(shapes.size, 1);
});

test('calls to a runtime come one after the other, and its errors are told in a line', async () => {
  let running = 0;
  const runtime = {
    async load(data, name) {
      if (name === 'm/broken') throw new Error('no such\noperation');
      return {
        async run(input, shape) {
          assert.equal(running++, 0);
          await new Promise((resolve) => setTimeout(resolve, 2));
          running--;
          return { data: input, shape: name === 'm/odd' ? [1, 1, 1, 1] : shape };
        },
      };
    },
  };
  const networks = new Networks(runtime, 100);
  const bundle = { name: 'm', digest: '', readFile: async () => new Uint8Array(1) };
  const source = { height: 2, width: 2, window: (y, x, h, w) => new FloatGrid(h, w, 1) };
  const run = (file) => {
    const part = { file, channels: 1, geometry: { cell: 1, out: 1, halo: 0 } };
    return networks.run(bundle, part, source, () => {}, new Pace());
  };
  await Promise.all([run('a'), run('b'), run('a')]);
  const broken = { kind: 'bundle', message: /m\/broken cannot be run: no such\\u/ };
  await assert.rejects(run('broken'), broken);
  await assert.rejects(run('odd'), { kind: 'bundle', message: /gave 1x1x1x1 instead of 1x2x2x1/ });
});

test('half and double size, worked out by hand', () => {
  const grid = new FloatGrid(1, 3, 1, Float32Array.of(10, 20, 50));
  assert.deepEqual([...halved(grid).values], [15, 50]);
  // Each is three quarters of the nearer and a quarter of the other: 12.5 = .75 * 10 + .25 * 20.
  const line = [10, 12.5, 17.5, 27.5, 42.5, 50];
  assert.deepEqual([...doubledWindow(grid, 0, 0, 2, 6).values], [...line, ...line]);
  assert.deepEqual([...doubledWindow(grid, 1, 2, 1, 3).values], line.slice(2, 5));
});
