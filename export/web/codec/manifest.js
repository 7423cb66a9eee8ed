import { BundleError, shown } from './errors.js';

const MAX_BYTES = 2 ** 20;
// Names of models and files hold no separators of paths, and nothing special to a shell.
const SAFE_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_ .+-]{0,63}$/u;

/**
 * A JSON object of a bundle's manifest, the outermost one or one inside of it. Each method takes
 * the name of a field and throws a `BundleError` where that is missing or unfit.
 */
export class Manifest {
  /**
   * @param {unknown} values
   * @param {string} what how errors call it
   */
  constructor(values, what = 'the manifest') {
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      throw new BundleError(`${what} is not a JSON object; export the bundle again`);
    }
    /** @type {Map<string, unknown>} */
    this.values = new Map(Object.entries(values));
    this.what = what;
  }

  /** @param {Uint8Array} file */
  static parse(file) {
    if (file.length > MAX_BYTES) {
      throw new BundleError(`manifest.json has more than ${MAX_BYTES} bytes`);
    }
    let values;
    try {
      values = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file));
    } catch {
      throw new BundleError('manifest.json is no JSON; copy the bundle again');
    }
    return new Manifest(values);
  }

  /** @param {string} key */
  child(key) {
    return new Manifest(this.values.get(key), `${key} of ${this.what}`);
  }

  /** @param {string} key */
  list(key) {
    const value = this.values.get(key);
    if (!Array.isArray(value)) throw this.#error(key, value);
    return /** @type {unknown[]} */ (value);
  }

  /** @param {string} key */
  string(key) {
    const value = this.values.get(key);
    if (typeof value !== 'string') throw this.#error(key, value);
    return value;
  }

  /** @param {string} key */
  name(key) {
    return safeName(this.string(key));
  }

  /**
   * A number from 0 to `most`.
   *
   * @param {string} key
   * @param {number} most
   */
  number(key, most) {
    const value = this.values.get(key);
    if (typeof value !== 'number' || !(value >= 0 && value <= most)) throw this.#error(key, value);
    return value;
  }

  /**
   * A whole number from 0 to `most`.
   *
   * @param {string} key
   * @param {number} most
   */
  integer(key, most) {
    const value = this.number(key, most);
    if (!Number.isInteger(value)) throw this.#error(key, value);
    return value;
  }

  /**
   * @param {string} key
   * @param {unknown} value
   */
  #error(key, value) {
    const fault = value === undefined ? 'missing' : `${shown(value)}, which cannot be`;
    return new BundleError(`${key} of ${this.what} is ${fault}; export the bundle again`);
  }
}

/**
 * Returns a name if it is safe everywhere.
 *
 * @param {unknown} name
 */
export function safeName(name) {
  if (typeof name !== 'string' || !SAFE_NAME.test(name)) {
    throw new BundleError(
      `'${shown(name)}' is not a plain name: up to 64 letters, digits and any of ' .+-_'`,
    );
  }
  return name;
}
