/**
 * Encodes and decodes pictures on fake networks, for `tests/export/test_web_codec.py`, which
 * computes the same in Python. Reads from standard input a list of jobs, { model, picture: { width,
 * height, rgba, grey }, options, file, scale }, with bytes in base64; writes, as a list likewise,
 * the file made of each picture and the pixels of each job's file.
 */

import { readFileSync } from 'node:fs';

import { decode, encode } from '../../codec/index.js';
import { models } from './test-data.js';

const known = await models({ maxCells: 64 });
const results = [];
for (const { model, picture, options, file, scale } of JSON.parse(readFileSync(0, 'utf8'))) {
  const rgba = new Uint8Array(Buffer.from(picture.rgba, 'base64'));
  const made = await encode({ ...picture, rgba }, known[model], options);
  const decoded = await decode(Buffer.from(file, 'base64'), known[model], { scale });
  results.push({
    file: Buffer.from(made).toString('base64'),
    size: [decoded.width, decoded.height],
    rgba: Buffer.from(decoded.rgba).toString('base64'),
  });
}
process.stdout.write(JSON.stringify(results));
