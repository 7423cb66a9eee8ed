/**
 * The page's service worker: answers requests for .tgc pictures as `tgc-sw.js` does, and keeps the
 * files of the site, so that the page opens offline. What the page consists of is kept at once; the
 * runtime and the model are large, and are kept once they have been used.
 */

importScripts('files.js', 'tgc-sw.js');

const SITE = `tgc-site-${self.TGC_SITE.version}`;
const LARGE = /^tgc\/(model|runtime)\/|^demo\//;
const FILES = Object.keys(self.TGC_SITE.files);

/** The page by its short address: many servers redirect from the long one. @param {string} name */
const address = (name) =>
  new URL(name === 'index.html' ? '' : name, self.registration.scope).href;
const known = new Set(FILES.map(address));
const LONG = new URL('index.html', self.registration.scope).href;

self.addEventListener('install', (event) => {
  event.waitUntil(keepAll(FILES.filter((name) => !LARGE.test(name)).map(address)));
});

self.addEventListener('activate', (event) => event.waitUntil(forget()));

self.addEventListener('fetch', (event) => {
  const url = event.request.url.split(/[?#]/)[0];
  const { method, destination } = event.request;
  if (method !== 'GET' || (destination === 'image' && url.endsWith('.tgc'))) return;
  const wanted = url === LONG ? address('index.html') : url;
  if (known.has(wanted)) event.respondWith(fromSite(wanted));
});

self.addEventListener('message', ({ data, ports }) => {
  if (!data?.keep) return;
  const used = data.keep.filter((/** @type {string} */ url) => known.has(url));
  const model = FILES.filter((name) => name.startsWith('tgc/model/')).map(address);
  keepAll([...used, ...model]).then(
    () => ports[0].postMessage({ kept: true }),
    (error) => ports[0].postMessage({ error: String(error) }),
  );
});

/** @param {string} url */
async function fromSite(url) {
  const site = await caches.open(SITE);
  return (await site.match(url)) ?? fetch(url);
}

/** @param {string[]} urls */
async function keepAll(urls) {
  const site = await caches.open(SITE);
  for (const url of urls) {
    if (!(await site.match(url))) await site.add(new Request(url, { cache: 'no-cache' }));
  }
}

/** Deletes what earlier versions of the site have kept. */
async function forget() {
  for (const name of await caches.keys()) {
    if (name.startsWith('tgc-site-') && name !== SITE) await caches.delete(name);
  }
}
