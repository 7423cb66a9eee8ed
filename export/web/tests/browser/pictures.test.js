/** `<img src="photo.tgc">` on a page with one script tag: on the first visit, later, and without. */

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launch, NAMES, TIMEOUT } from './browsers.js';
import { serve } from './server.js';
import { openPage, serveSite, SITES } from './site.js';

const PAGE = '/test/pictures.html';
const ACCEPT = 'image/vnd.tfgan-codec';
const SHOTS = path.join(SITES, '..', 'screenshots');

/** What became of the pictures of a page, once nothing changes any more. */
async function settled(page) {
  await page.waitForFunction(
    () => [...document.querySelectorAll('img.good')].every((image) => image.naturalWidth),
  );
  // Those that cannot be shown have failed long since; give a wrong success the time to show.
  await page.waitForFunction(
    () => [...document.querySelectorAll('img')].every((image) => image.complete),
  );
  return page.$$eval('img', (images) =>
    images.map((image) => ({
      good: image.className === 'good',
      alt: image.alt,
      shown: image.naturalWidth > 0,
      blob: image.currentSrc.startsWith('blob:'),
    })),
  );
}

function allRight(pictures, blob) {
  assert.equal(pictures.length, 12);
  for (const picture of pictures) {
    assert.equal(picture.shown, picture.good, picture.alt);
    if (picture.good) assert.equal(picture.blob, blob, picture.alt);
  }
}

/** Waits until the service worker answers for the next page. */
const inCharge = (page) => page.waitForFunction(() => navigator.serviceWorker.controller !== null);

mkdirSync(SHOTS, { recursive: true });

for (const name of NAMES) {
  describe(`pictures in ${name}`, { timeout: TIMEOUT }, () => {
    let browser;
    let server;
    before(async () => {
      browser = await launch(name);
      server = await serveSite('mobile');
    });
    after(async () => {
      await browser?.close();
      await server?.close();
    });

    test('the script shows them on the first visit, the service worker later', async () => {
      const page = await openPage(browser, server, PAGE);
      allRight(await settled(page), true);
      await page.screenshot({ path: path.join(SHOTS, `${name}-first.png`) });
      await inCharge(page);
      server.requests.length = 0;
      await page.reload();
      allRight(await settled(page), false);
      await page.screenshot({ path: path.join(SHOTS, `${name}-later.png`) });
      const asked = server.requests.filter(({ url }) => url === '/pictures/photograph.tgc');
      assert.equal(asked.length, 1);
      assert.ok(asked[0].accept.startsWith(ACCEPT), asked[0].accept);
      await page.close();
    });

    test('answers are kept, and made anew when the file changes', async () => {
      const page = await openPage(browser, server, PAGE);
      await settled(page);
      const sources = await page.evaluate(async () => {
        const kept = await caches.open('tgc-pictures-1');
        const answers = await Promise.all((await kept.keys()).map((key) => kept.match(key)));
        const key = new URL('/pictures/small.tgc', location.href).href;
        const stale = { 'Content-Type': 'image/png', 'X-Tgc-Source': 'another file' };
        await kept.put(key, new Response('no picture', { headers: stale }));
        return answers.map((answer) => answer.headers.get('X-Tgc-Source'));
      });
      assert.equal(new Set(sources).size, 8);
      server.requests.length = 0;
      await page.reload();
      allRight(await settled(page), false);
      await page.close();
    });

    test('a picture of another origin is shown if that one allows it', async () => {
      const folders = { '/pictures/': path.join(SITES, 'pictures') };
      const open = await serve(folders, { 'Access-Control-Allow-Origin': '*' });
      const closed = await serve(folders);
      const page = await openPage(browser, server, PAGE);
      await settled(page);
      const widths = await page.evaluate(
        (origins) =>
          Promise.all(
            origins.map(
              (origin) =>
                new Promise((resolve) => {
                  const image = new Image();
                  image.onload = image.onerror = () => resolve(image.naturalWidth);
                  image.src = `${origin}/pictures/left.tgc`;
                }),
            ),
          ),
        [open.origin, closed.origin],
      );
      assert.deepEqual(widths.map(Boolean), [true, false]);
      await page.close();
      await Promise.all([open.close(), closed.close()]);
    });

    test('the script shows them in a browser without service workers', async () => {
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(() => {
        Object.defineProperty(navigator, 'serviceWorker', { value: undefined });
      });
      const other = await serveSite('mobile'); // where no worker has been registered
      await page.goto(other.origin + PAGE);
      allRight(await settled(page), true);
      await page.close();
      await other.close();
    });
  });
}
