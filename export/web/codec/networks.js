import { BundleError, TgcError, shown } from './errors.js';
import { FloatGrid } from './float-grid.js';
import { windows } from './tiling.js';

/**
 * What a network is run over: an array of which any window can be asked for, so that large ones
 * need not exist as a whole.
 *
 * @typedef {object} Source
 * @property {number} height
 * @property {number} width
 * @property {(top: number, left: number, height: number, width: number) =>
 *     FloatGrid | Promise<FloatGrid>} window
 */

/**
 * Takes what a network gives, part by part.
 *
 * @typedef {(part: FloatGrid, top: number, left: number) => void} Sink
 */

/** The networks of bundles on a runtime: started when first used, run in windows. */
export class Networks {
  /** @type {Map<string, Promise<import('./contract.js').Network>>} */
  #started = new Map();
  /** Calls come one after the other: runtimes need not bear more. */
  #queue = Promise.resolve();

  /**
   * @param {import('./contract.js').Runtime} runtime
   * @param {number} maxCells the largest window, in cells: 16x16 pixels for analysis and synthesis.
   *     It decides how much memory networks take.
   */
  constructor(runtime, maxCells) {
    this.runtime = runtime;
    this.maxCells = maxCells;
  }

  /**
   * Runs a network over a whole array. But for rounding, the result does not depend on windows.
   *
   * @param {import('./bundle.js').Bundle} bundle
   * @param {import('./bundle.js').BundlePart} part
   * @param {Source} source
   * @param {Sink} sink
   * @param {import('./pace.js').Pace} pace
   * @param {boolean} watched whether progress is told of
   */
  async run(bundle, part, source, sink, pace, watched = false) {
    const { geometry } = part;
    const { cell, out } = geometry;
    const cells = [source.height / cell, source.width / cell];
    const all = windows(geometry, cells[0], cells[1], this.maxCells);
    for (const [i, { rows, columns }] of all.entries()) {
      await pace.step(watched ? i / all.length : undefined);
      const height = (rows.stop - rows.start) * cell;
      const width = (columns.stop - columns.start) * cell;
      const have = await source.window(
        rows.start * cell,
        columns.start * cell,
        Math.min(height, source.height - rows.start * cell),
        Math.min(width, source.width - columns.start * cell),
      );
      const output = await this.#call(bundle, part, have.extended(height, width));
      const kept = output.crop(
        (rows.keepStart - rows.start) * out,
        (columns.keepStart - columns.start) * out,
        (rows.keepStop - rows.keepStart) * out,
        (columns.keepStop - columns.keepStart) * out,
      );
      sink(kept, rows.keepStart * out, columns.keepStart * out);
    }
    await pace.step(watched ? 1 : undefined);
  }

  /**
   * Begins to fetch and start a network that will be needed.
   *
   * @param {import('./bundle.js').Bundle} bundle
   * @param {import('./bundle.js').BundlePart} part
   */
  prepare(bundle, part) {
    const key = `${bundle.digest}/${part.file}`;
    let network = this.#started.get(key);
    if (!network) {
      network = this.#start(bundle, part);
      // What went wrong is told to whoever runs the network; the next one tries again.
      network.catch(() => this.#started.delete(key));
      this.#started.set(key, network);
    }
    return network;
  }

  /** Gives back what the runtime holds. */
  async close() {
    const networks = [...this.#started.values()];
    this.#started.clear();
    await this.#queue;
    for (const network of await Promise.allSettled(networks)) {
      if (network.status === 'fulfilled') network.value.close?.();
    }
  }

  /**
   * @param {import('./bundle.js').Bundle} bundle
   * @param {import('./bundle.js').BundlePart} part
   */
  async #start(bundle, part) {
    const tflite = await bundle.readFile(part.file);
    try {
      return await this.runtime.load(tflite, nameOf(bundle, part));
    } catch (error) {
      throw unusable(bundle, part, error);
    }
  }

  /**
   * @param {import('./bundle.js').Bundle} bundle
   * @param {import('./bundle.js').BundlePart} part
   * @param {FloatGrid} input
   */
  async #call(bundle, part, input) {
    const network = await this.prepare(bundle, part);
    const shape = [1, input.height, input.width, input.channels];
    const run = this.#queue.then(() => network.run(input.values, shape));
    this.#queue = run.then(
      () => {},
      () => {},
    );
    const { data, shape: given } = await run.catch((error) => {
      throw unusable(bundle, part, error);
    });
    const { cell, out } = part.geometry;
    const expected = [1, (input.height / cell) * out, (input.width / cell) * out, part.channels];
    const elements = expected.reduce((product, size) => product * size);
    if (
      given.length !== 4 ||
      given.some((size, i) => size !== expected[i]) ||
      data.length !== elements
    ) {
      throw new BundleError(
        `the network ${nameOf(bundle, part)} gave ${given.join('x')} instead of ` +
          `${expected.join('x')}; export the bundle again`,
      );
    }
    return new FloatGrid(expected[1], expected[2], expected[3], data);
  }
}

/**
 * @param {import('./bundle.js').Bundle} bundle
 * @param {import('./bundle.js').BundlePart} part
 */
function nameOf(bundle, part) {
  return `${bundle.name}/${part.file}`;
}

/**
 * @param {import('./bundle.js').Bundle} bundle
 * @param {import('./bundle.js').BundlePart} part
 * @param {unknown} error what the runtime threw, of any type
 */
function unusable(bundle, part, error) {
  if (error instanceof TgcError) return error;
  const reason = shown(error instanceof Error ? error.message : error, 200);
  return new BundleError(`the network ${nameOf(bundle, part)} cannot be run: ${reason}`);
}
