/**
 * Runs networks with LiteRT.js: the `Runtime` of the codec, in a worker.
 *
 * LiteRT loads its own script with `importScripts`, so the worker must be a classic one.
 */

import { loadAndCompile, loadLiteRt, supportsFeature, Tensor } from './litert-core.js';
import { inputShape, reshaped } from './reshape.js';

/** Shapes of one network that are kept ready to run: those of a large picture and a small one. */
const KEPT = 2;

/**
 * Loads the one variant of LiteRT that is fastest in this browser.
 *
 * @param {string} folder its URL, with a slash at the end
 * @returns {Promise<import('../codec/contract.js').Runtime>}
 */
export async function openRuntime(folder) {
  hideGpu();
  const script = `${folder}litert_wasm_${await bestVariant()}.js`;
  // What Emscripten's script reads its settings from.
  self.Module = {
    locateFile: (/** @type {string} */ name) => folder + name,
    mainScriptUrlOrBlob: script, // which its threads run; it would take the worker's own
    print() {},
    printErr: (/** @type {string} */ line) => line.startsWith('ERROR') && console.error(line),
  };
  await loadLiteRt(script);
  return { load: async (tflite) => new LiteRtNetwork(tflite) };
}

/** The variant's name. Threads need pages that are isolated from other origins. */
async function bestVariant() {
  if (!(await supportsFeature('relaxedSimd'))) return 'compat_internal';
  if (self.crossOriginIsolated && (await supportsFeature('threads'))) return 'threaded_internal';
  return 'internal';
}

/** LiteRT would ask for a GPU at its start, which takes time, and nothing here uses one. */
function hideGpu() {
  if ('gpu' in navigator) Object.defineProperty(navigator, 'gpu', { value: undefined });
}

/** @implements {import('../codec/contract.js').Network} */
class LiteRtNetwork {
  #tflite;
  /** @type {Map<string, import('./litert-core.js').CompiledModel>} by shape, the last used last */
  #compiled = new Map();

  /** @param {Uint8Array} tflite */
  constructor(tflite) {
    inputShape(tflite); // throws for what is no network
    this.#tflite = tflite;
  }

  /**
   * @param {Float32Array} input
   * @param {readonly number[]} shape
   */
  async run(input, shape) {
    const model = await this.#compile(shape);
    const given = new Tensor(input, [...shape]);
    try {
      const [result] = await model.run([given]);
      const data = /** @type {Float32Array} */ (result.toTypedArray());
      const sides = [...result.type.layout.dimensions];
      result.delete();
      return { data, shape: sides };
    } finally {
      given.delete();
    }
  }

  close() {
    for (const model of this.#compiled.values()) model.delete();
    this.#compiled.clear();
  }

  /** @param {readonly number[]} shape */
  async #compile(shape) {
    const key = shape.join();
    const known = this.#compiled.get(key);
    this.#compiled.delete(key);
    const model =
      known ?? (await loadAndCompile(reshaped(this.#tflite, shape), { accelerator: 'wasm' }));
    this.#compiled.set(key, model);
    for (const [oldest, old] of this.#compiled) {
      if (this.#compiled.size <= KEPT) break;
      this.#compiled.delete(oldest);
      old.delete();
    }
    return model;
  }
}
