/** The sites that `make_sites.py` has built, opened in a browser. */

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from './server.js';

const HERE = path.dirname(fileURLToPath(import.meta.url));
export const SITES = path.join(HERE, '..', '..', 'build', 'sites');
export const DATA = path.join(HERE, '..', '..', '..', '..', 'tests', 'data');

/**
 * Serves a site with the pages and the data of the tests beside it.
 *
 * @param {string} name
 * @param {Record<string, string>} [headers]
 */
export function serveSite(name, headers) {
  return serve(
    {
      '/test/': path.join(HERE, 'pages'),
      '/data/': DATA,
      '/pictures/': path.join(SITES, 'pictures'),
      '/': path.join(SITES, name),
    },
    headers,
  );
}

/**
 * Opens an empty page of a server, which may import the codec.
 *
 * @param {any} browser
 * @param {import('./server.js').Server} server
 * @param {string} [address]
 */
export async function openPage(browser, server, address = '/test/blank.html') {
  const page = await browser.newPage();
  page.setDefaultTimeout(120000);
  await page.goto(server.origin + address);
  return page;
}

/**
 * Decodes a file in a page.
 *
 * @param {any} page
 * @param {string} address of the file
 * @param {{ realism?: number, scale?: number }} [options]
 * @returns {Promise<{ width: number, height: number, rgba: Uint8Array }>}
 */
export async function decodedIn(page, address, options = {}) {
  const { width, height, base64 } = await page.evaluate(
    async (address, options) => {
      const { decode } = await import('/tgc/tgc.js');
      const file = await (await fetch(address)).blob();
      const { width, height, data } = await decode(file, { ...options, as: 'pixels' });
      let text = '';
      for (let i = 0; i < data.length; i += 4096) {
        text += String.fromCharCode(...data.subarray(i, i + 4096));
      }
      return { width, height, base64: btoa(text) };
    },
    address,
    options,
  );
  return { width, height, rgba: new Uint8Array(Buffer.from(base64, 'base64')) };
}

/**
 * By how many levels two pictures differ at most, and in how many values.
 *
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export function difference(one, other) {
  let largest = 0;
  let differing = 0;
  for (let i = 0; i < one.length; i++) {
    const levels = Math.abs(one[i] - other[i]);
    if (levels) differing++;
    if (levels > largest) largest = levels;
  }
  return { largest, differing, values: one.length };
}
