/** Makes the page open without a network: keeps what this browser has used of it. */

/**
 * @param {Promise<string[]>} used addresses of what the codec has loaded
 * @returns {Promise<boolean>} whether the page opens offline from now on
 */
export async function keepOffline(used) {
  const workers = navigator.serviceWorker; // undefined where the page is not secure
  if (!workers) return false;
  try {
    await workers.register('sw.js');
    const { active } = await workers.ready;
    const keep = await used;
    return await new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => resolve(data.kept === true);
      active?.postMessage({ keep }, [port2]);
    });
  } catch (error) {
    console.warn(`not kept for offline use: ${error}`);
    return false;
  }
}
