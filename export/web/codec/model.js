import { loadBundle } from './bundle-loading.js';
import { coderOf } from './coders.js';
import { Networks } from './networks.js';

/** Cells of 16x16 pixels of a window: half a megapixel, as much as is decoded in one piece. */
const MAX_CELLS = 2048;

/** A model that is open: tables in memory, networks fetched and started when first used. */
export class Model {
  #networks;

  /**
   * @param {import('./bundle-loading.js').LoadedBundle} loaded
   * @param {Networks} networks
   */
  constructor({ name, modelId, bundles }, networks) {
    this.name = name;
    /** Six hexadecimal digits, by which files name their model. */
    this.modelId = modelId;
    this.coder = coderOf(bundles, networks);
    /** The realism, 0..1 in rising order, of each decoder that all layers have. */
    this.realisms = bundles[0].realisms.filter((realism) => {
      return bundles.every((bundle) => bundle.realisms.includes(realism));
    });
    this.#networks = networks;
  }

  /**
   * Opens a bundle. Tables are fetched now, networks when they are first used.
   *
   * @param {import('./contract.js').FetchFile} fetchFile where its files come from; `zipFiles` for
   *     one zip file
   * @param {import('./contract.js').Runtime} runtime what runs networks
   * @param {{ signal?: AbortSignal, maxCells?: number }} [options] maxCells: the largest window
   *     that networks are run on, in cells of 16x16 pixels; it decides how much memory they take
   */
  static async open(fetchFile, runtime, { signal, maxCells = MAX_CELLS } = {}) {
    const loaded = await loadBundle(fetchFile, signal);
    return new Model(loaded, new Networks(runtime, maxCells));
  }

  /** Gives back what the runtime holds. */
  close() {
    return this.#networks.close();
  }
}
