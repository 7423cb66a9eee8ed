import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BYTES, CodingTables } from '../../codec/coding-tables.js';
import { BitstreamError, BundleError, UsageError } from '../../codec/errors.js';
import { RangeDecoder } from '../../codec/range-decoder.js';
import { RangeEncoder } from '../../codec/range-encoder.js';
import { bytes, hex, randomNumbers, tablesOf, vectors } from './test-data.js';

const HALVES = tablesOf({ cdf: [[0, 32768, 65536]], offset: [0], escape: false });
const ESCAPE = tablesOf({ cdf: [[0, 65536]], offset: [0], escape: true });

for (const { name, bytes: digits, calls } of vectors('rangecoder')) {
  test(`vector: ${name}`, () => {
    const decoder = new RangeDecoder(bytes(digits));
    const encoder = new RangeEncoder();
    for (const call of calls) {
      const tables = tablesOf(call);
      const rows = Uint16Array.from(call.indexes.flat(9));
      const values = new Int32Array(rows.length);
      decoder.decode(tables, rows, values);
      assert.deepEqual([...values], call.values.flat(9));
      encoder.encode(tables, rows, values);
    }
    decoder.finish();
    assert.equal(hex(encoder.finish()), digits);
  });
}

for (const { name, bytes: digits, calls } of vectors('rangecoder_damaged')) {
  test(`damaged vector: ${name}`, () => {
    const decoder = new RangeDecoder(bytes(digits));
    const read = () => {
      for (const call of calls) {
        const rows = Uint16Array.from(call.indexes.flat(9));
        decoder.decode(tablesOf(call), rows, new Int32Array(rows.length));
      }
      decoder.finish();
    };
    assert.throws(read, BitstreamError);
  });
}

test('examples of the format', () => {
  const cases = [
    [[1], '80'],
    [[1, 0, 1], 'a0'],
    [[0], ''],
    [Array(16).fill(0), '0000'],
    [[...Array(15).fill(0), 1], '0001'],
  ];
  for (const [symbols, expected] of cases) {
    const encoder = new RangeEncoder();
    encoder.encode(
      HALVES,
      symbols.map(() => 0),
      symbols,
    );
    assert.equal(hex(encoder.finish()), expected);
  }
});

test('escape codes of the format', () => {
  // The table costs nothing, so that the bits of gamma and sign are the digits of the stream.
  for (const [value, bits] of [
    [0, '10'],
    [1, '0100'],
    [2, '0110'],
    [-1, '11'],
    [-2, '0101'],
  ]) {
    const encoder = new RangeEncoder();
    encoder.encode(ESCAPE, [0], [value]);
    const stream = [...encoder.finish()].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    assert.equal(stream.padEnd(8, '0').slice(0, bits.length), bits);
    assert.doesNotMatch(stream.slice(bits.length), /1/);
  }
});

test('any values come back, through any tables', () => {
  const random = randomNumbers(1);
  for (let round = 0; round < 60; round++) {
    const cdf = Array.from({ length: 4 }, () =>
      randomTable(random, 1 + Math.floor(random() * 300)),
    );
    const tables = tablesOf({ cdf, offset: [-3, 0, 100000, -1048576], escape: true });
    const rows = Uint16Array.from({ length: 500 }, () => Math.floor(random() * 4));
    const values = Int32Array.from(rows, (row) => {
      const spread = 2 ** (random() * (random() < 0.1 ? 29.9 : 9));
      return tables.offset[row] + Math.round((random() - 0.3) * spread);
    });
    const encoder = new RangeEncoder();
    encoder.encode(tables, rows, values);
    const stream = encoder.finish();
    const decoder = new RangeDecoder(stream);
    const found = new Int32Array(rows.length);
    decoder.decode(tables, rows, found);
    decoder.finish();
    assert.deepEqual(found, values);
    const bits = values.reduce((sum, value, i) => sum + tables.bits(rows[i], value), 0);
    assert.ok(Math.abs(8 * stream.length - bits) < 40 + 1e-3 * bits);
  }
});

function randomTable(random, symbols) {
  const inner = new Set();
  while (inner.size < symbols - 1) inner.add(1 + Math.floor(random() ** 3 * 65535));
  return [0, ...[...inner].sort((a, b) => a - b), 65536];
}

test('any bytes are values or an error, whatever their length', () => {
  const random = randomNumbers(2);
  for (let length = 0; length < 200; length++) {
    const data = Uint8Array.from({ length }, () => Math.floor(random() * 256));
    const decoder = new RangeDecoder(data);
    const values = new Int32Array(400);
    try {
      decoder.decode(ESCAPE, new Uint8Array(400), values);
      decoder.finish();
    } catch (error) {
      assert.ok(error instanceof BitstreamError);
    }
  }
});

test('bytes left over, or another end, are errors', () => {
  const encoder = new RangeEncoder();
  const symbols = [7, 200, 45, 3, 99];
  encoder.encode(
    BYTES,
    symbols.map(() => 0),
    symbols,
  );
  const stream = [...encoder.finish()];
  const finished = (data) => () => {
    const decoder = new RangeDecoder(Uint8Array.from(data));
    decoder.decode(BYTES, new Uint8Array(5), new Int32Array(5));
    decoder.finish();
  };
  finished(stream)();
  assert.throws(finished([...stream, 0, 0, 0, 0]), BitstreamError);
  assert.throws(finished([...stream, 1]), BitstreamError);
});

test('what cannot be coded is refused', () => {
  const encoder = new RangeEncoder();
  assert.throws(() => encoder.encode(HALVES, [0], [2]), UsageError);
  assert.throws(() => encoder.encode(ESCAPE, [0], [2 ** 30 - 1]), UsageError); // gamma 2^30
  encoder.encode(ESCAPE, [0], [2 ** 30 - 2]);
});

test('least bits: 16 - log2(w + 1) in 256ths, rounded down', () => {
  assert.equal(ESCAPE.leastBits(0), 0);
  assert.equal(HALVES.leastBits(0), Math.floor(256 * (16 - Math.log2(32769))));
  assert.equal(BYTES.leastBits(0), Math.floor(256 * (16 - Math.log2(257))));
});

test('tables that break a rule are refused', () => {
  const bad = [
    [3, [0, 5, 65535], [2], [0]],
    [3, [0, 5, 5], [2], [0]],
    [4, [0, 5, 65536, 7], [2], [0]],
    [3, [1, 5, 65536], [2], [0]],
    [3, [0, 5, 65536], [3], [0]],
    [3, [0, 5, 65536], [0], [0]],
    [3, [0, 5, 65536], [2], [2 ** 20 + 1]],
    [3, [0, 5, 65536], [2, 2], [0]],
    [0, [], [], []],
  ];
  for (const [width, ...arrays] of bad) {
    const made = () => new CodingTables(width, ...arrays.map((a) => Int32Array.from(a)), true);
    assert.throws(made, BundleError);
  }
});
