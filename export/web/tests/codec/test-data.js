/** The fixtures under `tests/data`, which all implementations of the format share, and fakes. */

import { createHash } from 'node:crypto';
import * as crypto from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { zipFiles } from '../../codec/archive.js';
import { loadBundle } from '../../codec/bundle-loading.js';
import { crc32 } from '../../codec/checksums.js';
import { CodingTables } from '../../codec/coding-tables.js';
import { hex } from '../../codec/hashes.js';
import { IntegerConv } from '../../codec/integer-conv.js';
import { Model } from '../../codec/model.js';
import { fakeRuntime } from './fake-runtime.js';

// Browsers have it on secure pages; Node has it by this name from version 19 on.
globalThis.crypto ??= crypto.webcrypto;

const DATA = fileURLToPath(new URL('../../../../tests/data/', import.meta.url));

/** @param {string} path under tests/data */
export function contents(path) {
  return new Uint8Array(readFileSync(DATA + path));
}

/** @param {string} name */
export function vectors(name) {
  return JSON.parse(readFileSync(`${DATA}vectors/${name}.json`, 'utf8'));
}

/** Names of the golden files, and the hashes of their symbols. */
export function golden() {
  return JSON.parse(readFileSync(`${DATA}golden/golden.json`, 'utf8'));
}

/** All golden files of all versions, by their paths. */
export function allFiles() {
  const names = readdirSync(`${DATA}golden`).filter((name) => name.endsWith('.tgc'));
  const paths = [
    ...names.map((name) => `golden/${name}`),
    'layers/file.tgc',
    'context/file.tgc',
    'tiles/file.tgc',
  ];
  return paths.map((path) => ({ path, blob: contents(path) }));
}

/** Returns the files of a bundle in a folder under tests/data. */
export function folderFiles(folder) {
  return async (name) => contents(`${folder}/${name}`);
}

/** Returns the files of the bundle whose three layers are the tiny one. */
export async function layeredFiles() {
  const manifest = JSON.parse(new TextDecoder().decode(contents('tiny/manifest.json')));
  const names = ['manifest.json', ...Object.keys(manifest.files)];
  const zip = stored(names.map((name) => [name, contents(`tiny/${name}`)]));
  const digest = sha256(Buffer.from(manifest.normative_sha256.repeat(3), 'hex'));
  const files = { 'scale4.zip': sha256(zip), 'scale2.zip': sha256(zip), 'scale1.zip': sha256(zip) };
  const whole = {
    format: 2,
    name: 'layered',
    layers: Object.keys(files),
    files,
    normative_sha256: digest,
    model_id: digest.slice(0, 6),
    info: {},
  };
  const text = new TextEncoder().encode(JSON.stringify(whole));
  return async (name) => (name === 'manifest.json' ? text : zip);
}

/** Returns the three models that golden files were made with, on networks that can be computed. */
export async function models(options) {
  const runtime = fakeRuntime();
  return {
    tiny: await Model.open(folderFiles('tiny'), runtime, options),
    context: await Model.open(zipFiles(contents('context/bundle.zip')), runtime, options),
    layered: await Model.open(await layeredFiles(), runtime, options),
  };
}

/** The tiny bundle without a runtime. */
export async function tinyBundle() {
  return (await loadBundle(folderFiles('tiny'))).bundles[0];
}

/** Tables as the vectors have them. */
export function tablesOf({ cdf, offset, escape }) {
  const width = Math.max(...cdf.map((row) => row.length));
  const rows = cdf.flatMap((row) => [...row, ...Array(width - row.length).fill(0)]);
  const length = cdf.map((row) => row.indexOf(65536));
  return new CodingTables(
    width,
    Int32Array.from(rows),
    Int32Array.from(length),
    Int32Array.from(offset),
    escape,
  );
}

/** A layer of nested lists. */
export function layerOf({ kernel, bias, shift, maximum, upscale }, limits) {
  const array = { shape: shapeOf(kernel), data: Int32Array.from(kernel.flat(9)) };
  return new IntegerConv(array, Int32Array.from(bias), [shift, maximum, upscale], 'layer', limits);
}

export function shapeOf(list) {
  return Array.isArray(list) ? [list.length, ...shapeOf(list[0])] : [];
}

/** SHA-256 of an array's bytes. */
export function sha256({ buffer, byteOffset, byteLength }) {
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}

export function bytes(digits) {
  return new Uint8Array(Buffer.from(digits.replace(/\s/g, ''), 'hex'));
}

export { hex };

export function join(...parts) {
  return new Uint8Array(Buffer.concat(parts.map((part) => Uint8Array.from(part))));
}

/** The body of a file followed by the checksum that makes it whole. */
export function withCrc(...body) {
  const joined = join(...body);
  const tail = new Uint8Array(4);
  new DataView(tail.buffer).setUint32(0, crc32(joined), true);
  return join(joined, tail);
}

/** Numbers 0 <= x < 1 that are the same in each run (Tommy Ettinger's mulberry32). */
export function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A zip file whose members are stored. */
export function stored(members) {
  const encoder = new TextEncoder();
  const [locals, entries] = [[], []];
  let at = 0;
  for (const [name, data] of members) {
    const text = encoder.encode(name);
    const common = new Uint8Array(26); // version, flags, method, time, CRC, sizes, name's length
    const view = new DataView(common.buffer);
    view.setUint32(10, crc32(data), true);
    view.setUint32(14, data.length, true);
    view.setUint32(18, data.length, true);
    view.setUint16(22, text.length, true);
    const local = join([0x50, 0x4b, 3, 4], common, text, data);
    const place = new Uint8Array(14);
    new DataView(place.buffer).setUint32(10, at, true);
    entries.push(join([0x50, 0x4b, 1, 2, 20, 0], common, place, text));
    locals.push(local);
    at += local.length;
  }
  const directory = join(...entries);
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  end.set([0x50, 0x4b, 5, 6]);
  view.setUint16(8, members.length, true);
  view.setUint16(10, members.length, true);
  view.setUint32(12, directory.length, true);
  view.setUint32(16, at, true);
  return join(...locals, directory, end);
}
