import { UsageError } from './errors.js';

export class Model {
  /**
   * @param {import('./contract.js').FetchFile} fetchFile
   * @param {import('./contract.js').Runtime} runtime
   * @returns {Promise<Model>}
   */
  static async open(fetchFile, runtime) {
    throw new UsageError('under way');
  }
}
