/** Makes the page open without a network. */

const workers = navigator.serviceWorker; // undefined where the page is not secure

/** Keeps what the page itself consists of; that is little. */
export function keepPage() {
  workers?.register('sw.js').catch((error) => console.warn(`no service worker: ${error}`));
}

/**
 * Keeps the codec too, with all of its model: megabytes, so only after it has been used.
 *
 * @param {string[]} used addresses of what the codec has loaded
 * @returns {Promise<boolean>} whether the page opens offline from now on
 */
export async function keepCodec(used) {
  if (!workers || navigator.connection?.saveData) return false;
  const { active } = await workers.ready;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data.kept === true);
    active?.postMessage({ keep: used }, [port2]);
  });
}
