/**
 * A service worker that lets pages show .tgc files as pictures: `<img src="photo.tgc">`, and in
 * style sheets too. It answers with PNG files, which it keeps.
 *
 * A service worker has neither threads nor the time to decode: the page that asks does it, through
 * `tgc-img.js`, or another open page that has this script. Whatever goes wrong with a picture ends
 * as a network error, so that the browser shows the alternative text.
 */

const PICTURES = 'tgc-pictures-1';
const MOST_PICTURES = 200;
const SOURCE = 'X-Tgc-Source'; // of which file an answer was made: its SHA-256
const ACCEPT = 'image/vnd.tfgan-codec, image/*;q=0.8';
/** How long a page may take to say that it decodes; it may be loading still. */
const PATIENCE = 15000; // ms

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  const { method, destination, url } = event.request;
  if (method !== 'GET' || destination !== 'image') return;
  if (new URL(url).pathname.toLowerCase().endsWith('.tgc')) event.respondWith(answer(event));
});

/** @param {FetchEvent} event */
async function answer({ request: { url }, clientId }) {
  const kept = await caches.open(PICTURES);
  const known = await kept.match(url);
  let response;
  try {
    // A picture of another origin is for us only if that one lets pages read it.
    response = await fetch(url, { mode: 'cors', credentials: 'same-origin', headers: { Accept: ACCEPT } });
  } catch {
    return known ?? Response.error(); // offline, or not allowed
  }
  if (!response.ok) return response;
  const bytes = await response.arrayBuffer();
  if (!isTgc(bytes)) return passedOn(bytes, response);
  const source = await sha256(bytes);
  if (known?.headers.get(SOURCE) === source) return known;
  const png = await decoded(bytes, url, clientId);
  if (!png) return Response.error();
  const made = new Response(png, { headers: { 'Content-Type': 'image/png', [SOURCE]: source } });
  await keep(kept, url, made.clone());
  return made;
}

/**
 * What a server sends that chose another format, for it may negotiate.
 *
 * @param {ArrayBuffer} bytes
 * @param {Response} response
 */
function passedOn(bytes, response) {
  const type = response.headers.get('Content-Type') ?? '';
  return type.startsWith('image/') && !type.includes('tfgan')
    ? new Response(bytes, { headers: { 'Content-Type': type } })
    : Response.error();
}

/** @param {ArrayBuffer} bytes */
function isTgc(bytes) {
  return String.fromCharCode(...new Uint8Array(bytes.slice(0, 3))) === 'TGC';
}

/** @param {ArrayBuffer} bytes */
async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Keeps an answer, and not too many of them: the oldest goes first. A full disk is no error.
 *
 * @param {Cache} kept
 * @param {string} url
 * @param {Response} response
 */
async function keep(kept, url, response) {
  try {
    await kept.delete(url);
    await kept.put(url, response);
    const all = await kept.keys();
    for (const old of all.slice(0, Math.max(0, all.length - MOST_PICTURES))) await kept.delete(old);
  } catch (error) {
    console.warn(`${url} is not kept: ${error}`);
  }
}

/**
 * Lets a page decode, the one that asks if it can.
 *
 * @param {ArrayBuffer} bytes
 * @param {string} url for messages
 * @param {string} clientId of the page that asks
 * @returns {Promise<Blob | null>} a PNG file
 */
async function decoded(bytes, url, clientId) {
  const pages = await self.clients.matchAll({ type: 'window' });
  pages.sort((a, b) => Number(b.id === clientId) - Number(a.id === clientId));
  for (const page of pages) {
    const reply = await asked(page, { tgc: 'decode', bytes, url });
    if (reply) return reply.png ?? null;
  }
  console.warn(`${url}: no page is open that decodes; it needs the script tgc-img.js`);
  return null;
}

/**
 * @param {Client} page
 * @param {object} question
 * @returns {Promise<{ png?: Blob, error?: string } | null>} null from a page that cannot answer
 */
function asked(page, question) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const patience = setTimeout(() => resolve(null), PATIENCE);
    port1.onmessage = ({ data }) => {
      clearTimeout(patience);
      if (data.taken) return;
      port1.close();
      resolve(data);
    };
    page.postMessage(question, [port2]);
  });
}
