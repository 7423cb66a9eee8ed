/** Whole files that lie: each is a typed error, soon and in little memory, or a picture. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pack, parse } from '../../codec/container.js';
import { ImageError, TgcError, decode } from '../../codec/index.js';
import { Pace } from '../../codec/pace.js';
import { RangeEncoder } from '../../codec/range-encoder.js';
import { encodeHead, encodeSymbols, decodeSymbols, leastBytes } from '../../codec/symbol-coder.js';
import {
  allFiles,
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
  for (const [width, height] of [[2 ** 22, 1], [2 ** 14, 2 ** 14]]) {
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
  await refused(/check of its scales/, { streams: [await encodeSymbols(bundle, symbols, new Pace())] });
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
  await decode(await pack({ ...GOOD, width, height, streams: [stream] }), known.tiny).catch((error) => {
    assert.ok(error instanceof TgcError);
  });
  assert.ok(performance.now() - start < 2000);
});

test(`${COUNT} changed files of all versions`, async () => {
  const random = randomNumbers(5);
  const originals = allFiles();
  const counts = { decoded: 0, bitstream: 0, image: 0, usage: 0 };
  let slowest = 0;
  let most = 0;
  for (let i = 0; i < COUNT; i++) {
    const { path, blob } = originals[Math.floor(random() * originals.length)];
    const name = { layers: 'layered', context: 'context' }[path.split('/')[0]] ?? 'tiny';
    const changed = mutated(blob, random);
    const scale = name === 'layered' ? [1, 2, 4][Math.floor(random() * 3)] : 1;
    const start = performance.now();
    try {
      await decode(changed, known[name], { scale });
      counts.decoded++;
    } catch (error) {
      if (!(error instanceof TgcError) || !(error.kind in counts)) throw error;
      counts[error.kind]++;
    }
    slowest = Math.max(slowest, performance.now() - start);
    if (i % 16 === 0) most = Math.max(most, process.memoryUsage().rss);
  }
  console.log(counts, `slowest ${slowest.toFixed(0)} ms, memory ${(most / 1e6).toFixed(0)} MB`);
  assert.ok(counts.decoded > 0 && counts.bitstream > COUNT / 2);
  assert.ok(slowest < 2000);
  assert.ok(most < 500e6);
});

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
