/** Loads bundles: fetches their files, checks hashes, and takes apart those in layers. */

import { Archive, zipFiles } from './archive.js';
import { Bundle, CONTEXT, FORMAT, expect } from './bundle.js';
import { BundleError, shown } from './errors.js';
import { sha256 } from './hashes.js';
import { MAX_LAYERS, MODEL_ID_BYTES } from './header.js';
import { Manifest, safeName } from './manifest.js';
import { readNormative } from './normative.js';
import { parseNpy } from './npy.js';

const LAYERED = 2; // the format of several bundles, a layer each
const MAX_ARRAYS = 2 ** 25; // bytes of all arrays of one file
const MAX_FILES = 64;
const ARRAY_NAME = /^[a-z0-9_]{1,40}$/;

/**
 * A loaded model: its name, the model id of its files, and the bundle of each layer, coarse to
 * fine; one bundle if it has no layers.
 *
 * @typedef {{ name: string, modelId: string, bundles: Bundle[] }} LoadedBundle
 */

/**
 * Loads a bundle, in layers or not.
 *
 * @param {import('./contract.js').FetchFile} fetchFile
 * @param {AbortSignal} [signal]
 * @returns {Promise<LoadedBundle>}
 */
export async function loadBundle(fetchFile, signal) {
  const manifest = Manifest.parse(await fetchFile('manifest.json', signal));
  const format = manifest.integer('format', 2 ** 31);
  const readFile = checkedFiles(manifest, fetchFile);
  const digest = manifest.string('normative_sha256');
  const modelId = digest.slice(0, 2 * MODEL_ID_BYTES);
  if (format === LAYERED) {
    return { name: manifest.name('name'), modelId, bundles: await layersOf(manifest, readFile) };
  }
  if (format !== FORMAT && format !== CONTEXT) {
    throw new BundleError(`bundle format ${format} is not supported; use a newer version`);
  }
  const [normative, gains] = await Promise.all(
    ['normative.npz', 'gains.npz'].map(async (name) => readArrays(await readFile(name), name)),
  );
  const bundle = new Bundle(manifest, await readNormative(normative, digest), gains, readFile);
  return { name: bundle.name, modelId, bundles: [bundle] };
}

/**
 * @param {Manifest} manifest
 * @param {(name: string) => Promise<Uint8Array>} readFile
 */
async function layersOf(manifest, readFile) {
  const names = manifest.list('layers');
  if (names.length < 2 || names.length > MAX_LAYERS) {
    throw new BundleError(`a bundle has 2 to ${MAX_LAYERS} layers, not ${names.length}`);
  }
  const bundles = [];
  for (const name of names) {
    const { bundles: found } = await loadBundle(zipFiles(await readFile(safeName(name))));
    if (found.length !== 1 || found[0].context) {
      throw new BundleError(`${shown(name)} has layers or a context model, which a layer cannot`);
    }
    bundles.push(found[0]);
  }
  const digests = bundles.map((bundle) => bundle.digest).join('');
  const bytes = Uint8Array.from(digests.match(/../g) ?? [], (digits) => parseInt(digits, 16));
  const digest = await sha256(bytes);
  expect('normative_sha256', manifest.string('normative_sha256'), digest);
  expect('model_id', manifest.string('model_id'), digest.slice(0, 2 * MODEL_ID_BYTES));
  return bundles;
}

/**
 * Reads files of the manifest, and compares their hashes.
 *
 * @param {Manifest} manifest
 * @param {import('./contract.js').FetchFile} fetchFile
 */
function checkedFiles(manifest, fetchFile) {
  const hashes = manifest.child('files');
  if (hashes.values.size > MAX_FILES) {
    throw new BundleError(`a bundle has at most ${MAX_FILES} files, not ${hashes.values.size}`);
  }
  return async (/** @type {string} */ name) => {
    const digest = hashes.string(safeName(name));
    const contents = await fetchFile(name);
    if ((await sha256(contents)) !== digest) {
      throw new BundleError(`${name} is damaged (its hash is wrong); copy the bundle again`);
    }
    return contents;
  };
}

/**
 * All arrays of an `.npz` file.
 *
 * @param {Uint8Array} file
 * @param {string} name
 */
async function readArrays(file, name) {
  const archive = new Archive(file, MAX_ARRAYS);
  // All at once: what unpacks them works beside this thread.
  const arrays = archive.names.map(async (member) => {
    const array = member.replace(/\.npy$/, '');
    if (!ARRAY_NAME.test(array)) {
      throw new BundleError(`${name} holds an array called ${shown(array)}; export again`);
    }
    return /** @type {const} */ ([array, parseNpy(await archive.read(member), array)]);
  });
  return new Map(await Promise.all(arrays));
}
