/**
 * What the worker does: one call after the other, each answered once.
 *
 * A call comes as `{ id, name, options }`, is answered with `{ id, value }` or `{ id, error }`, in
 * between with `{ id, progress }`, and ends early by `{ id, cancel: true }`.
 */

import { decode, encode, Model, TgcError } from '../codec/index.js';
import { openRuntime } from '../runtime/litert.js';
import { fileSource } from './files.js';
import { made, pixelsOf } from './pictures.js';

const FILES = new URL('../model/', import.meta.url).href;
const RUNTIME = new URL('../runtime/', import.meta.url).href;

/** @type {Promise<import('../codec/contract.js').Runtime> | undefined} */
let runtime;
/** @type {Promise<Model> | undefined} */
let opened;
/** @type {Map<number, AbortController>} calls that have not ended, by number */
const calls = new Map();
/** The end of the last call in the row. */
let queue = Promise.resolve();

/** @param {MessageEvent} event */
export function handle({ data: { id, name, options, cancel } }) {
  if (cancel) return calls.get(id)?.abort();
  const controller = new AbortController();
  calls.set(id, controller);
  queue = queue.then(() => answer(id, name, options, controller.signal));
}

/**
 * @param {number} id
 * @param {string} name
 * @param {any} options
 * @param {AbortSignal} signal
 */
async function answer(id, name, options, signal) {
  const onProgress = (/** @type {number} */ progress) => postMessage({ id, progress });
  try {
    signal.throwIfAborted();
    const [value, transfer] = await CALLS[name]({ ...options, signal, onProgress });
    postMessage({ id, value }, transfer);
  } catch (error) {
    postMessage({ id, error: plain(error) });
  }
  calls.delete(id);
}

/** @type {Record<string, (options: any) => Promise<[any, Transferable[]]>>} */
const CALLS = {
  async decode({ bytes, as, ...options }) {
    return made(await decode(bytes, await model(), options), as);
  },
  async encode({ picture, ...options }) {
    const pixels = await pixelsOf(picture);
    const file = await encode(pixels, await model(), options);
    return [file, [file.buffer]];
  },
  async ready() {
    const { realisms } = await model();
    const files = performance.getEntriesByType('resource').map(({ name }) => name);
    return [{ realisms, files }, []];
  },
};

/** The model, opened with the first call; one that could not be opened is tried again. */
function model() {
  runtime ??= openRuntime(RUNTIME);
  opened ??= runtime.then((started) => Model.open(fileSource(FILES), started));
  opened.catch(() => {
    opened = undefined;
  });
  return opened;
}

/** @param {any} error */
function plain(error) {
  const kind = error instanceof TgcError ? error.kind : 'runtime';
  return { kind, message: String(error?.message ?? error).split('\n')[0] };
}
