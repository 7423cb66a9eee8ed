/** Whole files that lie: each is a typed error, soon and in little memory, or a picture. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';

import { ByteWriter } from '../../codec/byte-writer.js';
import { BYTES } from '../../codec/coding-tables.js';
import { pack, parse } from '../../codec/container.js';
import { ImageError, TgcError, decode } from '../../codec/index.js';
import { Pace } from '../../codec/pace.js';
import { RangeEncoder } from '../../codec/range-encoder.js';
import { encodeHead, encodeSymbols, decodeSymbols, leastBytes } from '../../codec/symbol-coder.js';
import {
  allFiles,
  bytes,
  contents,
  join,
  models,
  randomNumbers,
  tinyBundle,
  withCrc,
} from './test-data.js';

const COUNT = Number(process.env.TGC_FUZZ ?? 20000);
const known = await models();
const bundle = await tinyBundle();
const GOOD = fileOf(contents('golden/high.tgc'));

function fileOf(blob) {
  const { header, streams } = parse(blob);
  return { ...header, streams, icc: null, exif: null };
}

async function refused(message, change) {
  const blob = await pack({ ...GOOD, ...change });
  await assert.rejects(decode(blob, known.tiny), { kind: 'bitstream', message });
}

test('frames that do not fit their stream', async () => {
  await refused(/model 010203, but tiny/, { modelId: Uint8Array.of(1, 2, 3) });
  await refused(/damaged/, { width: 4000, height: 4000 });
  await refused(/damaged/, { streams: [new Uint8Array(0)] });
  await refused(/damaged/, { width: 4096, height: 4096, streams: [Uint8Array.from('0123456789')] });
  await refused(/has 1 layers|has 2 layers/, { streams: [GOOD.streams[0], GOOD.streams[0]] });
});

test('more than memory has', async () => {
  for (const [width, height] of [
    [2 ** 22, 1],
    [2 ** 14, 2 ** 14],
  ]) {
    const blob = await pack({ ...GOOD, width, height });
    await assert.rejects(decode(blob, known.tiny), ImageError);
  }
});

/** 14.65 bits for each cell of 64x64 pixels, of which there are as many as 4 latents squared. */
test('streams too short for their picture', async () => {
  assert.deepEqual([leastBytes(bundle, 32, 32), leastBytes(bundle, 1, 1)], [116, 0]);
  const size = { width: 512, height: 512 };
  await refused(/has 115 bytes, of 116/, { ...size, streams: [new Uint8Array(115)] });
  await refused(/check of its scales/, { ...size, streams: [new Uint8Array(116)] });
});

test('streams of noise', async () => {
  const random = randomNumbers(4);
  for (let length = 0; length < 60; length++) {
    const stream = Uint8Array.from({ length }, () => 256 * random());
    await refused(/damaged/, { width: 144, height: 144, streams: [stream] });
  }
});

test('another index map: a machine that computes another must say so', async () => {
  const size = [Math.ceil(GOOD.height / 16), Math.ceil(GOOD.width / 16)];
  const symbols = await decodeSymbols(bundle, GOOD.streams[0], ...size, new Pace());
  symbols.indexes[0] ^= 1;
  await refused(/check of its scales/, {
    streams: [await encodeSymbols(bundle, symbols, new Pace())],
  });
});

test('hyper-latents out of range', async () => {
  const encoder = new RangeEncoder();
  const z = new Int32Array(4).fill(128);
  await encodeHead(bundle, encoder, z, new Uint8Array(12), new Pace());
  await refused(/outside \+-127/, { width: 16, height: 16, streams: [encoder.finish()] });
});

test('a symbol that does not end, in the largest picture of a short file', async () => {
  // Its hyper-latents are real, its residuals whatever zeros mean: work for each of them.
  const [height, width] = [1024, 1024];
  const z = new Int32Array((height / 64) * (width / 64) * bundle.hyperChannels);
  const grid = { rows: 16, columns: 16, height: 64, width: 64 };
  const indexes = await bundle.scaleDecoder.indexes(z, grid, new Pace());
  const encoder = new RangeEncoder();
  await encodeHead(bundle, encoder, z, indexes, new Pace());
  const stream = join(encoder.finish(), new Uint8Array(40));
  const start = performance.now();
  await decode(await pack({ ...GOOD, width, height, streams: [stream] }), known.tiny).catch(
    (error) => {
      assert.ok(error instanceof TgcError);
    },
  );
  assert.ok(performance.now() - start < 2000);
});

test(`${COUNT} changed files of all versions`, async () => {
  const random = randomNumbers(5);
  const originals = allFiles();
  const counts = await decodedAll(COUNT, () => {
    const { path, blob } = originals[Math.floor(random() * originals.length)];
    const name = { layers: 'layered', context: 'context' }[path.split('/')[0]] ?? 'tiny';
    const scale = name === 'layered' ? [1, 2, 4][Math.floor(random() * 3)] : 1;
    return { blob: mutated(blob, random), name, scale };
  });
  assert.ok(counts.decoded > 0 && counts.bitstream > COUNT / 2);
});

test('headers that claim anything, with chunks that unpack to anything', async () => {
  const random = randomNumbers(6);
  const counts = await decodedAll(600, () => {
    const name = ['tiny', 'context', 'layered'][Math.floor(random() * 3)];
    return { blob: claim(bytes(known[name].modelId), random), name, scale: 1 };
  });
  assert.ok(counts.bitstream > 300);
});

test('right hyper-latents and check, then noise', async () => {
  const random = randomNumbers(7);
  const files = [];
  for (let i = 0; i < 400; i++) files.push(await headed(random));
  await decodedAll(files.length, (i) => ({ blob: files[i], name: 'tiny', scale: 1 }));
});

test('changed tiles, their checks right again', async () => {
  const random = randomNumbers(8);
  const counts = await decodedAll(1500, () => {
    const blob = changedTile(contents('tiles/file.tgc'), random);
    return { blob, name: 'tiny', scale: 1 };
  });
  assert.ok(counts.decoded > 0 && counts.bitstream > 500);
});

/** Changes some bytes of one tile of a file, or cuts it short. */
function changedTile(blob, random) {
  const whole = (below) => Math.floor(random() * below);
  const { records } = parse(blob).header.tiles;
  const bodies = records.map(({ start, length }) => blob.slice(start, start + length));
  const place = whole(bodies.length);
  const body = bodies[place];
  for (let changes = 1 + whole(3); changes > 0; changes--) body[whole(body.length)] = whole(256);
  if (!whole(4)) bodies[place] = body.subarray(0, whole(body.length + 1));
  const index = (all) => {
    const out = new ByteWriter();
    for (const each of all) {
      out.varint(each.length);
      out.write(withCrc(each).subarray(-4));
    }
    return out.toBytes();
  };
  const before = records.map(({ start, length }) => blob.subarray(start, start + length));
  const end = records[0].start - 4 - index(before).length;
  return join(withCrc(blob.subarray(0, end), index(bodies)), ...bodies);
}

/** Decodes files; all are pictures or typed errors, soon and in little memory. */
async function decodedAll(count, next) {
  const counts = { decoded: 0, bitstream: 0, image: 0, usage: 0 };
  let [slowest, most] = [0, 0];
  for (let i = 0; i < count; i++) {
    const { blob, name, scale } = next(i);
    const start = performance.now();
    try {
      await decode(blob, known[name], { scale });
      counts.decoded++;
    } catch (error) {
      if (!(error instanceof TgcError) || !(error.kind in counts)) throw error;
      counts[error.kind]++;
    }
    slowest = Math.max(slowest, performance.now() - start);
    if (i % 16 === 0) most = Math.max(most, process.memoryUsage().rss);
  }
  console.log(counts, `slowest ${Math.ceil(slowest)} ms, ${Math.ceil(most / 1e6)} MB`);
  assert.ok(slowest < 2000);
  assert.ok(most < 500e6);
  return counts;
}

/** A file of any size and with any chunks. */
function claim(modelId, random) {
  const whole = (below) => Math.floor(random() * below);
  const out = new ByteWriter();
  const flags = whole(16);
  out.write([0x54, 0x47, 0x43, [0x10, 0x20, 0x30][whole(3)] | flags, ...modelId]);
  for (let side = 0; side < 2; side++) out.varint(Math.floor(2 ** (29 * random() ** 2)));
  out.write([whole(256)]);
  for (const flag of [1, 2, 4]) {
    if (!(flags & flag)) continue;
    const packed = deflateSync(Buffer.alloc(Math.floor(2 ** (26 * random()))), { level: 1 });
    if (!whole(4)) packed[whole(packed.length)] ^= 1 << whole(8);
    out.chunk(packed);
  }
  out.write(new Uint8Array(Math.floor(2 ** (13 * random()))));
  out.write(Uint8Array.from({ length: Math.floor(2 ** (12 * random())) }, () => whole(256)));
  return withCrc(out.toBytes());
}

/** A file whose hyper-latents and check are right, before random symbols. */
async function headed(random) {
  const whole = (below) => Math.floor(random() * below);
  const [height, width] = [1 + whole(400), 1 + whole(400)];
  const latents = { height: Math.ceil(height / 16), width: Math.ceil(width / 16) };
  const grid = { rows: Math.ceil(height / 64), columns: Math.ceil(width / 64), ...latents };
  const z = Int32Array.from(
    { length: grid.rows * grid.columns * bundle.hyperChannels },
    () => whole(19) - 9,
  );
  const indexes = await bundle.scaleDecoder.indexes(z, grid, new Pace());
  const encoder = new RangeEncoder();
  await encodeHead(bundle, encoder, z, indexes, new Pace());
  const symbols = Array.from({ length: Math.floor(2 ** (11 * random())) }, () => whole(256));
  encoder.encode(BYTES, new Uint8Array(symbols.length), symbols);
  return pack({ ...GOOD, width, height, quality: whole(256), streams: [encoder.finish()] });
}

/** Changes a file in one to four places; seven of eight get a checksum that is right again. */
function mutated(original, random) {
  const whole = (below) => Math.floor(random() * below);
  let body = original.slice(0, -4);
  for (let changes = 1 + whole(4); changes > 0; changes--) {
    // Half of the changes go to the header, where most of the decisions are made.
    const at = whole(random() < 0.5 ? Math.min(body.length, 16) : body.length);
    const kind = whole(5);
    if (kind === 0) {
      body = body.slice(0, at);
    } else if (kind === 1) {
      const inserted = Uint8Array.from({ length: 1 + whole(8) }, () => whole(256));
      body = join(body.subarray(0, at), inserted, body.subarray(at));
    } else if (body.length) {
      const extremes = [0, 1, 0x7f, 0x80, 0xff, whole(256)];
      body[at] = kind === 2 ? body[at] ^ (1 << whole(8)) : extremes[whole(6)];
    }
  }
  return whole(8) ? withCrc(body) : join(body, new Uint8Array(4));
}
