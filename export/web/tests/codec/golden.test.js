import assert from 'node:assert/strict';
import { test } from 'node:test';

import { zipFiles } from '../../codec/archive.js';
import { loadBundle } from '../../codec/bundle-loading.js';
import { parse } from '../../codec/container.js';
import { decodeContextSymbols, encodeContextSymbols } from '../../codec/context-coder.js';
import { ceilDiv } from '../../codec/geometry.js';
import { Pace } from '../../codec/pace.js';
import { decodeSymbols, encodeSymbols } from '../../codec/symbol-coder.js';
import { decodeTiles } from '../../codec/tile-symbols.js';
import { contents, golden, layeredFiles, sha256, tinyBundle } from './test-data.js';

const bundle = await tinyBundle();

for (const { name, ...hashes } of golden()) {
  test(`golden file ${name}: symbols are Python's, and code to the same bytes`, async () => {
    const { header, streams } = parse(contents(`golden/${name}.tgc`));
    const size = [ceilDiv(header.height, 16), ceilDiv(header.width, 16)];
    const symbols = await decodeSymbols(bundle, streams[0], ...size, new Pace());
    assert.deepEqual(
      { z: sha256(symbols.z), indexes: sha256(symbols.indexes), r: sha256(symbols.residuals) },
      hashes,
    );
    assert.deepEqual(await encodeSymbols(bundle, symbols, new Pace()), streams[0].slice());
  });
}

test('golden file in layers: symbols of each code to the same bytes', async () => {
  const { bundles } = await loadBundle(await layeredFiles());
  const { header, streams } = parse(contents('layers/file.tgc'));
  const found = [];
  for (const [i, stream] of streams.entries()) {
    const size = [header.height, header.width].map((side) => ceilDiv(ceilDiv(side, 4 >> i), 16));
    const symbols = await decodeSymbols(bundles[i], stream, ...size, new Pace());
    assert.deepEqual(await encodeSymbols(bundles[i], symbols, new Pace()), stream.slice());
    found.push(size);
  }
  assert.deepEqual(found, [
    [2, 3],
    [4, 5],
    [7, 10],
  ]);
});

test('golden file with a context model: symbols code to the same bytes', async () => {
  const { bundles } = await loadBundle(zipFiles(contents('context/bundle.zip')));
  const { header, streams } = parse(contents('context/file.tgc'));
  const size = [ceilDiv(header.height, 16), ceilDiv(header.width, 16)];
  const symbols = await decodeContextSymbols(bundles[0], streams[0], ...size, new Pace());
  // As Python finds them.
  assert.deepEqual(
    [sha256(symbols.z), sha256(symbols.features), sha256(symbols.q)],
    CONTEXT_HASHES,
  );
  const again = await encodeContextSymbols(bundles[0], symbols, new Pace());
  assert.deepEqual(again, streams[0].slice());
});

test("golden file in tiles: symbols are Python's", async () => {
  const { header, tiles } = parse(contents('tiles/file.tgc'));
  const size = [ceilDiv(header.height, 16), ceilDiv(header.width, 16)];
  const symbols = await decodeTiles(bundle, tiles, ...size, new Pace(), 1);
  const hashes = JSON.parse(new TextDecoder().decode(contents('tiles/hashes.json')));
  assert.deepEqual([sha256(symbols.z), sha256(symbols.residuals)], [hashes.z, hashes.r]);
});

const CONTEXT_HASHES = [
  '36a58ce9e5d16fd3e7fa9c74bfc742b8986320f35340e3dbf26ad146529740b2',
  '33dd59f1103bf7328cff3e2aaf6b620401f1eadaab543a841ec9003e8d9145c7',
  'd7f937719b99b57eb5f76343700ec13a71dd9c7a6ca636d911b8e64d315aa65a',
];
