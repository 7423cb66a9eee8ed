/**
 * Lets a page show .tgc files as pictures, with one line in it:
 *
 *     <script type="module" src="/tgc/tgc-img.js"></script>
 *     <img src="photo.tgc" alt="what it shows">
 *
 * The service worker `tgc-sw.js`, one folder up, answers the browser's requests for pictures and
 * has them decoded here; `tgc-img.js?sw=/somewhere/tgc-sw.js` finds it elsewhere. Where it is not
 * in charge (the first visit, a private window, a browser without service workers) this script loads
 * and decodes the pictures itself. `<source type="image/
 * vnd.tfgan-codec">` in a `<picture>` gives browsers without scripts another file.
 */

import { decode } from './tgc.js';

const MEDIA_TYPE = 'image/vnd.tfgan-codec';
const here = new URL(import.meta.url);
const script = new URL(here.searchParams.get('sw') ?? '../tgc-sw.js', here);
const workers = navigator.serviceWorker; // undefined in some private windows

/** @type {WeakMap<HTMLImageElement, string>} the address that was loaded last, of each picture */
const loaded = new WeakMap();

workers?.addEventListener('message', answer);
workers?.startMessages();
// A browser may refuse, for reasons of its own: then this script does all.
workers?.register(script).catch((error) => console.warn(`no service worker: ${error.message}`));

new MutationObserver((changes) => {
  for (const { target, addedNodes } of changes) [target, ...addedNodes].forEach(look);
}).observe(document, {
  childList: true,
  subtree: true,
  attributes: true,
  attributeFilter: ['src', 'srcset'],
});
look(document);

/**
 * Decodes for the service worker.
 *
 * @param {MessageEvent} event
 */
async function answer({ data, ports: [port] }) {
  if (data?.tgc !== 'decode') return;
  port.postMessage({ taken: true });
  try {
    port.postMessage({ png: await decode(data.bytes, { as: 'png' }) });
  } catch (error) {
    console.warn(`${data.url}: ${error.message}`);
    port.postMessage({ error: error.message });
  }
}

/**
 * Shows the pictures in a part of the page.
 *
 * @param {Node} part
 */
function look(part) {
  if (!(part instanceof Element || part instanceof Document)) return;
  const found = [...part.querySelectorAll(`img, source[type="${MEDIA_TYPE}"]`), part];
  for (const element of found) {
    if (workers?.controller) {
      // The browser would pass over a type that it does not know.
      if (element.matches?.(`source[type="${MEDIA_TYPE}"]`)) element.removeAttribute('type');
    } else if (element instanceof HTMLImageElement) {
      load(element);
    }
  }
}

/**
 * Does what the service worker would, for one picture. If it fails, the browser has failed before,
 * and shows the alternative text.
 *
 * @param {HTMLImageElement} image
 */
async function load(image) {
  const address = image.currentSrc || image.src;
  if (!isTgc(address) || loaded.get(image) === address) return;
  loaded.set(image, address);
  try {
    const response = await fetch(address, { headers: { Accept: `${MEDIA_TYPE}, image/*;q=0.8` } });
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    const png = URL.createObjectURL(await decode(await response.blob(), { as: 'png' }));
    const free = () => URL.revokeObjectURL(png);
    if (loaded.get(image) !== address) return free(); // it shows something else by now
    loaded.delete(image);
    image.addEventListener('load', free, { once: true });
    image.removeAttribute('srcset');
    image.src = png;
  } catch (error) {
    console.warn(`${address}: ${error.message}`);
  }
}

/** @param {string} address */
function isTgc(address) {
  return URL.canParse(address) && new URL(address).pathname.toLowerCase().endsWith('.tgc');
}
