/** Downloads the files of a model. */

import { BundleError } from '../codec/index.js';

/**
 * @param {string} folder its URL, with a slash at the end
 * @returns {import('../codec/contract.js').FetchFile}
 */
export function fileSource(folder) {
  return async (name, signal) => {
    const response = await fetch(folder + name, { signal });
    if (!response.ok) {
      throw new BundleError(`the model's ${name} cannot be downloaded (${response.status})`);
    }
    return new Uint8Array(await response.arrayBuffer());
  };
}
