/**
 * What can be seen of one picture that was opened: the original, what the codec makes of it with
 * each decoder, and other formats of equal bytes. Each is made when it is first asked for.
 */

import { decode, encode } from '../tgc/tgc.js';
import { rival } from './rivals.js';

export const NAMES = {
  original: 'Original',
  realistic: 'tgc, realistic',
  faithful: 'tgc, faithful',
  webp: 'WebP',
  jpeg: 'JPEG',
};

/** @typedef {keyof typeof NAMES} Name */

/**
 * @typedef {object} View
 * @property {ImageBitmap} picture
 * @property {number} bytes of the file that holds it
 * @property {number} [ms] what decoding took
 */

/** @typedef {{ signal: AbortSignal, onProgress?: (share: number) => void }} Watch */

export class Opened {
  /** @type {Map<Name, View>} */
  #views = new Map();
  /** @type {{ bytes: Uint8Array, ms?: number } | null} the .tgc file and what encoding took */
  #file = null;

  /**
   * @param {string} name of the file
   * @param {View | null} original null if only the .tgc file is there
   * @param {Uint8Array | null} file
   */
  constructor(name, original, file) {
    this.stem = name.replace(/\.\w+$/, '') || 'picture';
    this.hasOriginal = original !== null;
    if (original) this.#views.set('original', original);
    if (file) this.#file = { bytes: file };
  }

  /** @returns {Name[]} what can be asked for, the picture to compare with first */
  get names() {
    return this.hasOriginal
      ? ['original', 'webp', 'jpeg', 'faithful', 'realistic']
      : ['faithful', 'realistic'];
  }

  get file() {
    return this.#file;
  }

  /** The views that have been made, by name. */
  get views() {
    return this.#views;
  }

  /**
   * Encodes anew; all but the original is made anew then.
   *
   * @param {number} bpp
   * @param {Watch} watch
   */
  async encode(bpp, watch) {
    const { picture } = /** @type {View} */ (this.#views.get('original'));
    const start = performance.now();
    const bytes = await encode(picture, { bpp, ...watch });
    this.#file = { bytes, ms: performance.now() - start };
    this.#forget();
  }

  /**
   * @param {Name} name
   * @param {Watch} watch
   * @returns {Promise<View>}
   */
  async view(name, watch) {
    const known = this.#views.get(name);
    if (known) return known;
    const made = await this.#make(name, watch);
    this.#views.set(name, made);
    return made;
  }

  /** Gives the memory back. */
  close() {
    this.#forget();
    this.#views.get('original')?.picture.close();
  }

  /**
   * @param {Name} name
   * @param {Watch} watch
   * @returns {Promise<View>}
   */
  async #make(name, watch) {
    const { bytes } = /** @type {{ bytes: Uint8Array }} */ (this.#file);
    if (name === 'realistic' || name === 'faithful') {
      const start = performance.now();
      const picture = await decode(bytes, { realism: name === 'realistic' ? 1 : 0, ...watch });
      return { picture, bytes: bytes.length, ms: performance.now() - start };
    }
    const type = name === 'webp' ? 'image/webp' : 'image/jpeg';
    const { picture } = /** @type {View} */ (this.#views.get('original'));
    const file = await rival(picture, type, bytes.length, watch.signal);
    if (!file) throw new Error(`This browser cannot write ${type}.`);
    return { picture: await createImageBitmap(file), bytes: file.size };
  }

  #forget() {
    for (const [name, { picture }] of this.#views) {
      if (name === 'original') continue;
      picture.close();
      this.#views.delete(name);
    }
  }
}

/**
 * Reads a file that a person gave.
 *
 * @param {Blob & { name?: string }} file
 * @returns {Promise<Opened>}
 */
export async function opened(file) {
  const name = file.name ?? 'picture';
  const start = new TextDecoder('latin1').decode(await file.slice(0, 3).arrayBuffer());
  if (start === 'TGC') return new Opened(name, null, new Uint8Array(await file.arrayBuffer()));
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    throw new Error(`${name} is neither a .tgc file nor a picture that this browser opens.`);
  }
  return new Opened(name, { picture, bytes: file.size }, null);
}
