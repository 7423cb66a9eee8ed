/**
 * Measures entropy decoding, on one thread, for `python -m benchmarks.web`. Arguments are a
 * bundle's folder, the file and a number of runs. Prints one JSON object.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadBundle } from '../../codec/bundle-loading.js';
import { parse } from '../../codec/container.js';
import { ceilDiv } from '../../codec/geometry.js';
import { Pace } from '../../codec/pace.js';
import { decodeSymbols, encodeSymbols } from '../../codec/symbol-coder.js';
import { sha256 } from './test-data.js';

const [folder, path, runs] = process.argv.slice(2);
const files = async (name) => new Uint8Array(readFileSync(join(folder, name)));
const { bundles } = await loadBundle(files);
const { header, streams } = parse(new Uint8Array(readFileSync(path)));
const size = [ceilDiv(header.height, 16), ceilDiv(header.width, 16)];
const [processor, wall] = [[], []];
let symbols;
for (let i = 0; i < Number(runs); i++) {
  const started = process.cpuUsage();
  const start = performance.now();
  symbols = await decodeSymbols(bundles[0], streams[0], ...size, new Pace());
  wall.push(performance.now() - start);
  const used = process.cpuUsage(started);
  processor.push((used.user + used.system) / 1000);
}
const again = await encodeSymbols(bundles[0], symbols, new Pace());
console.log(
  JSON.stringify({
    processor,
    wall,
    z: sha256(symbols.z),
    indexes: sha256(symbols.indexes),
    r: sha256(symbols.residuals),
    same_bytes: Buffer.compare(again, streams[0]) === 0,
  }),
);
