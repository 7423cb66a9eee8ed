/**
 * Opens and makes .tgc files in any page:
 *
 *     import { decode, encode } from './tgc.js';
 *     const picture = await decode(bytes);                   // an ImageBitmap
 *     const file = await encode(picture, { bpp: 0.1 });      // a Uint8Array
 *
 * All work is done in a worker, one call after the other; the page stays responsive. The worker
 * starts with the first call, and the model is downloaded then. Errors are `TgcError`s, whose
 * `kind` and one-line message say what was wrong, or the reason of the `AbortSignal`.
 */

export class TgcError extends Error {
  /**
   * @param {string} kind 'bitstream', 'bundle', 'image', 'usage', or 'runtime' for what failed
   *     though the file is right, such as a download or the memory
   * @param {string} message for people, one line
   */
  constructor(kind, message) {
    super(message);
    this.name = 'TgcError';
    this.kind = kind;
  }
}

/**
 * @typedef {object} DecodeOptions
 * @property {'bitmap' | 'pixels' | 'png'} [as] what to make of the file: an ImageBitmap, in the
 *     colours of the page; an ImageData of the very values that the file holds; or a PNG file as a
 *     Blob, with the file's colour profile. By default 'bitmap'
 * @property {number} [realism] 0 for the picture nearest to the original, 1 for the most realistic
 * @property {number} [scale] 1; of files in layers also 2, 4 or 8, for a picture so much smaller
 * @property {AbortSignal} [signal] cancels the call
 * @property {(share: number) => void} [onProgress] told how much is done, 0..1
 */

/**
 * @typedef {object} EncodeOptions
 * @property {number} [bpp] the most bits per pixel that the file may take; by default 0.1
 * @property {number} [bytes] or the most bytes
 * @property {number} [quality] or a quality level, 0..255
 * @property {AbortSignal} [signal] cancels the call
 * @property {(share: number) => void} [onProgress] told how much is done, 0..1
 */

/**
 * @typedef {object} Pending
 * @property {(value: any) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {(share: number) => void} [onProgress]
 */

const WORKER = new URL('./worker/worker.js', import.meta.url);

/** @type {Worker | undefined} */
let worker;
/** @type {Map<number, Pending>} calls under way, by number */
const calls = new Map();
let last = 0;

/**
 * Decodes a .tgc file.
 *
 * @param {Uint8Array | ArrayBuffer | Blob} file
 * @param {DecodeOptions} [options]
 * @returns {Promise<any>} as `options.as` says
 */
export async function decode(file, { as = 'bitmap', realism, scale, signal, onProgress } = {}) {
  const bytes = await bytesOf(file);
  return call('decode', { bytes, as, realism, scale }, signal, onProgress);
}

/**
 * Encodes a picture. What is drawn is what is kept: no EXIF, and colours as sRGB.
 *
 * @param {ImageBitmap | ImageData | Blob} picture a Blob is a file that the browser can show
 * @param {EncodeOptions} [options]
 * @returns {Promise<Uint8Array>}
 */
export async function encode(picture, { bpp, bytes, quality, signal, onProgress } = {}) {
  return call('encode', { picture, bpp, bytes, quality }, signal, onProgress);
}

/**
 * Downloads the model and starts it, so that the next call need not.
 *
 * @param {{ signal?: AbortSignal }} [options]
 * @returns {Promise<{ realisms: number[], files: string[] }>} what `realism` may be, and the
 *     addresses of what was downloaded
 */
export async function ready({ signal } = {}) {
  return call('ready', {}, signal);
}

/** Ends all calls under way and gives the memory back. A later call starts anew. */
export function close() {
  stop(new DOMException('the codec was closed', 'AbortError'));
}

/**
 * @param {string} name
 * @param {object} options
 * @param {AbortSignal} [signal]
 * @param {(share: number) => void} [onProgress]
 * @returns {Promise<any>}
 */
function call(name, options, signal, onProgress) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    worker ??= start();
    const id = ++last;
    const cancel = () => {
      worker?.postMessage({ id, cancel: true });
      settle(id)?.reject(signal?.reason);
    };
    signal?.addEventListener('abort', cancel);
    const finished = () => signal?.removeEventListener('abort', cancel);
    calls.set(id, {
      resolve: (value) => (finished(), resolve(value)),
      reject: (error) => (finished(), reject(error)),
      onProgress,
    });
    worker.postMessage({ id, name, options });
  });
}

function start() {
  // LiteRT's own loader needs a classic worker, which imports the modules itself.
  const started = new Worker(WORKER);
  started.onmessage = ({ data }) => receive(data);
  started.onerror = (event) => {
    event.preventDefault();
    stop(new TgcError('runtime', event.message || 'the worker cannot be started'));
  };
  return started;
}

/** @param {{ id: number, progress?: number, value?: any, error?: any }} message */
function receive({ id, progress, value, error }) {
  if (progress !== undefined) return calls.get(id)?.onProgress?.(progress);
  const pending = settle(id);
  if (!pending) return; // it was cancelled
  if (!error) return pending.resolve(value);
  pending.reject(new TgcError(error.kind, error.message));
  // What fails for no fault of the file may have left the runtime in pieces.
  if (error.kind === 'runtime') stop(new TgcError('runtime', error.message));
}

/** @param {number} id */
function settle(id) {
  const pending = calls.get(id);
  calls.delete(id);
  return pending;
}

/** @param {unknown} reason */
function stop(reason) {
  worker?.terminate();
  worker = undefined;
  for (const id of [...calls.keys()]) settle(id)?.reject(reason);
}

/** @param {Uint8Array | ArrayBuffer | Blob} file */
async function bytesOf(file) {
  if (file instanceof Blob) return new Uint8Array(await file.arrayBuffer());
  return file instanceof ArrayBuffer ? new Uint8Array(file) : file;
}
