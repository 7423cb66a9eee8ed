/** Milliseconds of work between two looks at what else there is to do. */
const STRETCH = 40;

/**
 * Lets long work be cancelled and watched. Work calls `step` often, at least every few hundred
 * milliseconds; now and then that gives way to other events of the thread, such as the message that
 * cancels.
 */
export class Pace {
  #signal;
  #onProgress;
  #last = performance.now();
  #from = 0;
  #to = 1;

  /** @param {{ signal?: AbortSignal, onProgress?: (share: number) => void }} options */
  constructor({ signal, onProgress } = {}) {
    this.#signal = signal;
    this.#onProgress = onProgress;
  }

  /**
   * Throws the signal's reason once it is aborted.
   *
   * @param {number} [share] 0..1, of the stage that is under way
   */
  async step(share) {
    if (performance.now() - this.#last > STRETCH) {
      await eventsHandled();
      this.#last = performance.now();
    }
    this.#signal?.throwIfAborted();
    if (share !== undefined) this.#onProgress?.(this.#from + share * (this.#to - this.#from));
  }

  /**
   * What follows is the part from `from` to `to` of all the work.
   *
   * @param {number} from
   * @param {number} to
   */
  stage(from, to) {
    this.#from = from;
    this.#to = to;
  }
}

/** Resolves after the thread has handled the events that wait. Timers would add milliseconds. */
function eventsHandled() {
  return /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    })
  );
}
