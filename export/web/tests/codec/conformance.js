/**
 * Answers the conformance suite with the browser's codec, all but pixels, whose networks run in
 * browsers alone: node conformance.js MODEL OUT FILE... (docs/conformance.md).
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join as path } from 'node:path';

import { loadBundle } from '../../codec/bundle-loading.js';
import { metadataOf, parse } from '../../codec/container.js';
import { decodeContextSymbols, encodeContextSymbols } from '../../codec/context-coder.js';
import { STRIDE, ceilDiv } from '../../codec/geometry.js';
import { Model, TgcError, decode } from '../../codec/index.js';
import { Pace } from '../../codec/pace.js';
import { decodeSymbols, encodeSymbols } from '../../codec/symbol-coder.js';
import { decodeTiles } from '../../codec/tile-symbols.js';
import { join, sha256 } from './test-data.js';

const NO_NETWORKS = new TgcError('usage', 'networks run in browsers alone');
const runtime = {
  load: async () => ({
    async run() {
      throw NO_NETWORKS;
    },
  }),
};

const [place, out, ...files] = process.argv.slice(2);
const fetchFile = async (name) => new Uint8Array(readFileSync(path(place, name)));
const { bundles } = await loadBundle(fetchFile);
const model = await Model.open(fetchFile, runtime);
for (const file of files) {
  let found;
  try {
    found = { symbols: await symbolsOf(new Uint8Array(readFileSync(file))) };
  } catch (error) {
    if (!(error instanceof TgcError)) throw error;
    found = { error: error.kind, message: error.message };
  }
  writeFileSync(path(out, `${basename(file, '.tgc')}.json`), JSON.stringify(found));
}

/** The hashes of a file's stages, of each layer; throws what decoding it would throw. */
async function symbolsOf(blob) {
  await decode(blob, model).catch((error) => {
    if (error !== NO_NETWORKS) throw error;
  });
  const { header, streams, tiles } = parse(blob);
  await metadataOf(header); // which decoding unpacks last
  if (tiles) return [await ofTiles(header, tiles)];
  const layers = streams.map((stream, i) => {
    const scale = 2 ** (streams.length - 1 - i);
    const size = [header.height, header.width].map((side) => ceilDiv(ceilDiv(side, scale), STRIDE));
    return bundles[i].context
      ? ofContext(bundles[i], stream, size)
      : plain(bundles[i], stream, size);
  });
  return Promise.all(layers);
}

async function plain(bundle, stream, size) {
  const symbols = await decodeSymbols(bundle, stream, ...size, new Pace());
  const { z, indexes, residuals: r } = symbols;
  return hashes({ z, indexes, r, bytes: await encodeSymbols(bundle, symbols, new Pace()) });
}

async function ofContext(bundle, stream, size) {
  const symbols = await decodeContextSymbols(bundle, stream, ...size, new Pace());
  const { z, features, q } = symbols;
  return hashes({ z, features, q, bytes: await encodeContextSymbols(bundle, symbols, new Pace()) });
}

/** The stages of the whole picture; what decoding does without, its index map, is z's. */
async function ofTiles(header, tiles) {
  const [bundle] = bundles;
  const [height, width] = [header.height, header.width].map((side) => ceilDiv(side, STRIDE));
  const { z, residuals: r } = await decodeTiles(bundle, tiles, height, width, new Pace(), 1);
  const indexes = new Uint8Array(r.length);
  const again = [];
  for (const { box, stream } of tiles) {
    const size = [box.height, box.width].map((side) => ceilDiv(side, STRIDE));
    const symbols = await decodeSymbols(bundle, stream, ...size, new Pace());
    again.push(await encodeSymbols(bundle, symbols, new Pace()));
    const row = size[1] * bundle.channels;
    for (let y = 0; y < size[0]; y++) {
      const to = ((box.top / STRIDE + y) * width + box.left / STRIDE) * bundle.channels;
      indexes.set(symbols.indexes.subarray(y * row, (y + 1) * row), to);
    }
  }
  return hashes({ z, indexes, r, bytes: join(...again) });
}

function hashes(stages) {
  return Object.fromEntries(Object.entries(stages).map(([name, data]) => [name, sha256(data)]));
}
