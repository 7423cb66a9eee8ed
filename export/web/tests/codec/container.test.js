import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync, inflateSync } from 'node:zlib';

import { ByteWriter } from '../../codec/byte-writer.js';
import { metadataOf, pack, parse, parseLayers } from '../../codec/container.js';
import { BitstreamError, ImageError, UsageError } from '../../codec/errors.js';
import { inspect } from '../../codec/inspect.js';
import { KNOWN_PROFILES, iccOf, numberOf } from '../../codec/known-profiles.js';
import { bytes, contents, hex, join, withCrc } from './test-data.js';

const ascii = (text) => new TextEncoder().encode(text);
const FILE = {
  modelId: Uint8Array.of(1, 2, 3),
  width: 768,
  height: 512,
  quality: 87,
  streams: [ascii('stream of symbols')],
  grey: false,
  icc: null,
  exif: null,
  alpha: null,
};
const FULL = {
  ...FILE,
  grey: true,
  icc: new Uint8Array(300).fill(105),
  exif: ascii('Exif'.repeat(9)),
  alpha: ascii('png'),
};
const STREAMS = ['coarse', 'finer one', 'the finest of them'].map(ascii);
const LAYERS = { ...FILE, streams: STREAMS };
const FULL_LAYERS = { ...FULL, streams: STREAMS };
const ALL = [FILE, FULL, LAYERS, FULL_LAYERS];

/** A file as it was packed, from what was read. */
async function read(blob, scale = 1) {
  const { header, streams } = parse(blob, scale);
  const { modelId, width, height, quality, grey, alpha } = header;
  const { icc, exif } = await metadataOf(header);
  const copied = streams.map((stream) => stream.slice());
  return {
    modelId,
    width,
    height,
    quality,
    streams: copied,
    grey,
    icc,
    exif,
    alpha: alpha && alpha.slice(),
  };
}

test('examples of the format', async () => {
  const ordinary = withCrc(bytes('54 47 43 10 01 02 03 80 06 80 04 57 70 61 79 6c 6f 61 64'));
  assert.deepEqual(await pack({ ...FILE, streams: [ascii('payload')] }), ordinary);
  const p3 = withCrc(bytes('54 47 43 11 01 02 03 80 06 80 04 57 01 70 61 79 6c 6f 61 64'));
  const icc = iccOf(KNOWN_PROFILES.get(1));
  assert.deepEqual(await pack({ ...FILE, icc, streams: [ascii('payload')] }), p3);
  const layers = withCrc(
    bytes('54 47 43 20 01 02 03 80 06 80 04 57 1a 09 63 6f 61 72 73 65 c3 17'),
    bytes('66 69 6e 65 72 20 6f 6e 65 28 40'),
    ascii('the finest of them'),
  );
  assert.deepEqual(await pack(LAYERS), layers);
});

test('an ordinary picture costs 16 bytes', async () => {
  for (const [width, height] of [
    [768, 512],
    [128, 128],
    [16383, 16383],
  ]) {
    const blob = await pack({ ...FILE, width, height });
    assert.equal(blob.length - FILE.streams[0].length, 16);
  }
});

test('files come back as they were', async () => {
  for (const file of ALL) assert.deepEqual(await read(await pack(file)), file);
  const largest = { ...FILE, icc: new Uint8Array(2 ** 24) };
  assert.equal((await read(await pack(largest))).icc.length, 2 ** 24);
});

test('golden files come back byte for byte, but for what another zlib packs', async () => {
  for (const name of ['pixel', 'alpha', 'grey-alpha', 'display-p3', 'grey-gamma']) {
    const blob = contents(`golden/${name}.tgc`);
    assert.deepEqual(await pack(await read(blob)), blob);
  }
});

test('known profiles are those of the Python codec', () => {
  for (const [name, number] of [
    ['display-p3', 1],
    ['grey-gamma', 4],
  ]) {
    const png = Buffer.from(contents(`golden/${name}.png`));
    const at = png.indexOf('iCCP') + 4;
    const packed = png.subarray(png.indexOf(0, at) + 2, at + png.readUInt32BE(at - 8));
    const icc = new Uint8Array(inflateSync(packed));
    assert.equal(hex(iccOf(KNOWN_PROFILES.get(number))), hex(icc));
    assert.equal(numberOf(icc), number);
  }
  assert.equal(numberOf(ascii('another')), null);
});

test('a prefix of a file in layers is a smaller picture, whatever follows', async () => {
  for (const file of [LAYERS, FULL_LAYERS]) {
    const blob = await pack(file);
    const ends = [0, 1].map((i) => Buffer.from(blob).indexOf(STREAMS[i]) + STREAMS[i].length + 2);
    for (const [count, scale] of [
      [1, 4],
      [2, 2],
      [3, 1],
    ]) {
      const end = ends[count - 1] ?? blob.length;
      for (let length = end; length <= blob.length; length++) {
        const cut = blob.subarray(0, length);
        assert.deepEqual((await read(cut, scale)).streams, STREAMS.slice(0, count));
        if (count === 1) assert.equal(inspect(cut).scales.at(-1), 4);
      }
      assert.throws(() => parse(blob.subarray(0, end - 1), scale), BitstreamError);
    }
    assert.throws(() => parse(blob.subarray(0, -1)), /cut short .*that is whole at scale 2$/);
    for (const scale of [0, 3, 8, -1]) {
      assert.throws(() => parse(blob, scale), { kind: 'usage', message: /it has: 1, 2, 4$/ });
    }
  }
});

test('a file that is cut anywhere, or has any byte changed, is refused', async () => {
  for (const file of ALL) {
    const blob = await pack(file);
    refusesDamage(blob);
    assert.throws(() => parse(join(blob, [0])), BitstreamError);
  }
});

test('a right checksum does not make wrong layers right', async () => {
  const blob = (await pack(LAYERS)).slice(0, -4);
  blob[Buffer.from(blob).indexOf('coarse') + 6] ^= 1; // its check
  assert.throws(() => parse(withCrc(blob)), /cut short/);
});

test('says what is wrong', async () => {
  const cases = [
    ['', 'empty'],
    ['89504e470d0a', 'wrong magic'],
    ['544743', 'cut short'],
    ['54474310616263', 'cut short'],
    [`54474340${'00'.repeat(20)}`, 'version 4 is not supported'],
  ];
  for (const [digits, message] of cases) {
    assert.throws(() => parse(bytes(digits)), { kind: 'bitstream', message: new RegExp(message) });
  }
});

/**
 * Cuts a file at each byte, and changes each in three ways.
 *
 * @param {Uint8Array} blob
 */
function refusesDamage(blob) {
  for (let i = 0; i < blob.length; i++) {
    assert.throws(() => parse(blob.subarray(0, i)), BitstreamError);
    for (const change of [0x01, 0x80, 0xff]) {
      const damaged = blob.slice();
      damaged[i] ^= change;
      assert.throws(() => parse(damaged), BitstreamError);
    }
  }
}

function varint(value) {
  const out = new ByteWriter();
  out.varint(value);
  return out.toBytes();
}

const MAX = [...Array(8).fill(0xff), 0x7f]; // 2^63 - 1

test('fields out of bounds', () => {
  const cases = [
    [[varint(2 ** 40), [1, 0]], '1099511627776x1 is out of bounds'],
    [[varint(2 ** 40), varint(2 ** 40), [0]], 'out of bounds'],
    [[MAX, MAX, [0]], 'out of bounds'],
    [[Array(9).fill(0x80), [1, 1, 0]], 'width is not a valid number'],
    [[Array(40).fill(0xff)], 'width is not a valid number'],
    [[[0x81, 0, 1, 0]], 'width is not a valid number'], // 1 in two bytes
    [[[0, 5, 0]], '0x5 is out of bounds'],
    [[varint(2 ** 14), varint(2 ** 14 + 1), [0]], 'out of bounds'],
    [[varint(2 ** 22 + 1), [1, 0]], 'out of bounds'],
    [[[1, 0x81, 0x81]], 'height does not fit'],
    [[[0x81, 1, 1]], 'quality does not fit'],
  ];
  for (const [fields, message] of cases) {
    const blob = withCrc(ascii('TGC'), [0x10], ascii('abc'), ...fields);
    assert.throws(() => parse(blob), { kind: 'bitstream', message: new RegExp(message) });
  }
});

test('chunks and layers longer than the file', () => {
  for (const flag of [1, 2, 4]) {
    for (const length of [9, 2 ** 40]) {
      const blob = withCrc(
        ascii('TGC'),
        [0x10 | flag],
        ascii('abc'),
        [1, 1, 0],
        varint(length),
        [0],
      );
      assert.throws(() => parse(blob), /does not fit/);
    }
  }
  const head = join(ascii('TGC'), [0x20], ascii('abc'), [1, 1, 0]);
  for (const lengths of [varint(2 ** 42 + 1), [2, ...varint(2 ** 40)]]) {
    assert.throws(() => parse(withCrc(head, lengths, [0])), /cut short/);
  }
  assert.throws(() => parse(withCrc(head, [8], ascii('stream'))), /that it has one/);
});

test('metadata that does not unpack', async () => {
  const profile = deflateSync('profile');
  for (const packed of [
    ascii('not deflate'),
    profile.subarray(0, -1),
    join(profile, ascii('more')),
    deflateSync(Buffer.alloc(2 ** 24 + 1)),
    deflateSync(Buffer.alloc(20 * 2 ** 24)),
  ]) {
    for (const flag of [1, 2]) {
      const body = [ascii('TGC'), [0x10 | flag], ascii('abc'), [1, 1, 0], varint(packed.length)];
      const { header } = parse(withCrc(...body, packed));
      await assert.rejects(metadataOf(header), {
        kind: 'bitstream',
        message: /cannot be unpacked/,
      });
    }
  }
  const unknown = withCrc(ascii('TGC'), [0x11], ascii('abc'), [1, 1, 0, 6]);
  await assert.rejects(metadataOf(parse(unknown).header), /profile number 6/);
});

test('a writer refuses what a reader would', async () => {
  await assert.rejects(pack({ ...FILE, exif: new Uint8Array(2 ** 24 + 1) }), ImageError);
  const narrow = 2 ** 22; // the longest side of a picture that is one pixel wide
  for (const [width, height] of [
    [0, 1],
    [1, 0],
    [-64, -64],
    [narrow + 1, 1],
    [1, narrow + 1],
  ]) {
    await assert.rejects(pack({ ...FILE, width, height }), ImageError);
  }
  assert.equal((await read(await pack({ ...FILE, width: narrow, height: 1 }))).width, narrow);
  for (const streams of [[], Array(5).fill(STREAMS[0])]) {
    await assert.rejects(pack({ ...FILE, streams }), UsageError);
  }
});

test('inspect says what a page wants to know, without a model', async () => {
  const found = inspect(await pack({ ...FULL_LAYERS, icc: iccOf(KNOWN_PROFILES.get(5)) }));
  assert.deepEqual(
    [found.version, found.modelId, found.width, found.height, found.quality],
    [2, '010203', 768, 512, 87],
  );
  assert.deepEqual(
    [found.grey, found.transparent, found.profile, found.icc, found.exif, found.scales],
    [true, true, 'Gray Gamma 1.8', true, true, [1, 2, 4]],
  );
  assert.equal(parseLayers(await pack(FILE)).layers, 1);
});

/** The example of the format. */
const TILED = [
  bytes('54 47 43 30 01 02 03 ac 02 84 02 57 04 03 f1 86 6c 7a 03 66 8a ca 11 05 f5 d8 c5 46'),
  bytes('04 7d 66 c1 90 c0 ef 26 a2'),
  ascii('onetwothreefour'),
];

test('a file in tiles', () => {
  const blob = join(...TILED);
  const { tiles } = parse(blob);
  assert.deepEqual(
    tiles.map(({ stream }) => new TextDecoder().decode(stream)),
    ['one', 'two', 'three', 'four'],
  );
  assert.deepEqual(
    tiles.map(({ box }) => [box.left, box.top, box.width, box.height]),
    [
      [0, 0, 256, 256],
      [256, 0, 44, 256],
      [0, 256, 256, 4],
      [256, 256, 44, 4],
    ],
  );
  assert.deepEqual([inspect(blob).version, inspect(blob).scales], [3, [1]]);
  assert.throws(() => parse(blob, 2), { kind: 'usage' });
  refusesDamage(blob);
  assert.throws(() => parse(join(blob, [0])), /cut short or damaged/);
});

test('tiles that cannot be', () => {
  const head = (...fields) => join(ascii('TGC'), [0x30], ascii('abc'), ...fields);
  for (const side of [0, 3, 65, 255]) {
    assert.throws(() => parse(withCrc(head([64, 64, 0, side, 0], bytes('00000000')))), /tile side/);
  }
  const huge = head(varint(2 ** 14), varint(2 ** 14), [0, 4], new Uint8Array(1000));
  assert.throws(() => parse(huge), /index of tiles does not fit/);
});
