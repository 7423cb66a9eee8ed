import { UsageError } from './errors.js';

/**
 * SHA-256 in hexadecimal digits.
 *
 * @param {Uint8Array} data
 */
export async function sha256(data) {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) {
    throw new UsageError('browsers check hashes on secure pages alone: use https or localhost');
  }
  const view = /** @type {Uint8Array<ArrayBuffer>} */ (data); // no shared memory here
  return hex(new Uint8Array(await subtle.digest('SHA-256', view)));
}

/** @param {Uint8Array} bytes */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
