import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ByteReader } from '../../codec/byte-reader.js';
import { ByteWriter } from '../../codec/byte-writer.js';
import { adler32, crc16, crc32 } from '../../codec/checksums.js';
import { BitstreamError, TgcError, UsageError, shown } from '../../codec/errors.js';
import { rounded } from '../../codec/geometry.js';
import { bestQuality } from '../../codec/quality-search.js';
import { parseNpy } from '../../codec/npy.js';
import { deflate, inflate } from '../../codec/zlib.js';
import { bytes, hex, join, vectors } from './test-data.js';

const DIGITS = new TextEncoder().encode('123456789');

test('checksums of published values', () => {
  assert.equal(crc32(DIGITS), 0xcbf43926);
  assert.equal(crc16(DIGITS), 0x29b1);
  assert.equal(adler32(new TextEncoder().encode('Wikipedia')), 0x11e60398);
  assert.equal(adler32(new Uint8Array(10000).fill(0xff)), longAdler(10000));
  for (const { bytes: data, crc16: expected } of vectors('crc16')) {
    assert.equal(crc16(bytes(data)), expected);
  }
});

/** Of n bytes 255: a = 1 + 255 n, b the sum of all a. */
function longAdler(n) {
  const a = (1 + 255 * n) % 65521;
  const b = (n + (255 * n * (n + 1)) / 2) % 65521;
  return b * 65536 + a;
}

test('varints of the vectors, both ways', () => {
  for (const { value, bytes: digits } of vectors('varint')) {
    const data = bytes(digits);
    assert.equal(new ByteReader(data, 0, data.length).varint('it'), value);
    if (value > Number.MAX_SAFE_INTEGER) continue; // no file holds so much: never written
    const out = new ByteWriter();
    out.varint(value);
    assert.equal(hex(out.toBytes()), digits);
  }
});

test('rounding is floor(x + 1/2), clipped', () => {
  const cases = [
    [0.5, 1],
    [-0.5, 0],
    [1.4999, 1],
    [-1.5, -1],
    [99, 7],
    [-99, -7],
  ];
  for (const [x, expected] of cases) assert.equal(rounded(x, -7, 7), expected);
});

test('unpacks what it packs, and nothing else', async () => {
  const data = Uint8Array.from({ length: 100000 }, (_, i) => (i * i) >> 3);
  const packed = await deflate(data);
  assert.deepEqual(await inflate(packed, data.length), data);
  assert.deepEqual(await inflate(await deflate(new Uint8Array(0)), 0), new Uint8Array(0));
  assert.equal(await inflate(packed, data.length - 1), null);
  assert.equal(await inflate(packed.subarray(0, -1), data.length), null);
  assert.equal(await inflate(join(packed, [0]), data.length), null);
  assert.equal(await inflate(new Uint8Array(0), 9), null);
  for (let i = 0; i < packed.length; i += 97) {
    const damaged = packed.slice();
    damaged[i] ^= 0x10;
    assert.equal(await inflate(damaged, data.length), null);
  }
});

test('a bomb is not unpacked', async () => {
  const bomb = await deflate(new Uint8Array(2 ** 28));
  const before = process.memoryUsage().rss;
  assert.equal(await inflate(bomb, 2 ** 20), null);
  assert.ok(process.memoryUsage().rss - before < 100e6);
});

test('arrays of NumPy', () => {
  const head = (text) => join(bytes('93'), ascii('NUMPY'), [1, 0, text.length, 0], ascii(text));
  const file = (text, data) => join(head(`${text} \n`), data);
  const array = parseNpy(
    file(
      "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 1), }",
      [1, 0, 0, 0, 255, 255, 255, 255],
    ),
    'a',
  );
  assert.deepEqual(
    [array.shape, [...array.data]],
    [
      [2, 1],
      [1, -1],
    ],
  );
  // [[1, 2, 3], [4, 5, 6]], columns first
  const columns = file(
    "{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3), }",
    [1, 4, 2, 5, 3, 6],
  );
  assert.deepEqual([...parseNpy(columns, 'a').data], [1, 2, 3, 4, 5, 6]);
  for (const bad of [
    file("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", [0]),
    file("{'descr': '|i1', 'fortran_order': False, 'shape': (999999999, 999999999), }", [0]),
    file("{'descr': '|i1', 'fortran_order': False, 'shape': (2,), }", [0]),
    new Uint8Array(5),
  ]) {
    assert.throws(() => parseNpy(bad, 'a'), { kind: 'bundle' });
  }
});

function ascii(text) {
  return [...text].map((c) => c.charCodeAt(0));
}

test('errors are one family, with a kind and one printable line', () => {
  const error = new BitstreamError('the file is damaged');
  assert.ok(error instanceof TgcError && error instanceof Error && !(error instanceof UsageError));
  assert.deepEqual([error.name, error.kind], ['BitstreamError', 'bitstream']);
  assert.equal(shown('a\nb\u001b[31m'), 'a\\u{a}b\\u{1b}[31m');
  assert.equal(shown('x'.repeat(200)).length, 83);
});

test('the search finds the highest quality that fits, in few tries', async () => {
  for (const budget of [900, 1234.5, 5000, 40000]) {
    let calls = 0;
    const sizeOf = async (quality) => {
      calls += 1;
      return 1000 * 13 ** (quality / 255) * (1 + 0.02 * Math.sin(quality / 40));
    };
    const found = await bestQuality(sizeOf, budget, 256);
    assert.ok(calls <= 17);
    const size = await sizeOf(found);
    if (budget < 1000) assert.equal(found, 0);
    else assert.ok(size <= budget && (found === 255 || size > 0.985 * budget), `${budget}`);
  }
  assert.equal(await bestQuality(() => assert.fail(), 0, 256), 0);
});
