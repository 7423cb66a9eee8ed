/** Files that every decoder must open alike for ever, and one of the shipped model, in browsers. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launch, NAMES, TIMEOUT } from './browsers.js';
import { pngPixels } from './png-pixels.js';
import { DATA, decodedIn, difference, openPage, serveSite, SITES } from './site.js';

const BUDGET = 4915; // bytes: 0.1 bits per pixel of 768x512

/** Levels by which machines that round differently may differ. */
const ROUNDING = 1;

const golden = readdirSync(path.join(DATA, 'golden'))
  .filter((name) => name.endsWith('.tgc'))
  .map((name) => name.slice(0, -4));

/** @type {Record<string, [string, string, object][]>} site: [file, its pixels, options] */
const CASES = {
  tiny: [...golden.map((name) => `golden/${name}`), 'tiles/file'].map((name) => [
    `/data/${name}.tgc`,
    `${DATA}/${name}.png`,
    {},
  ]),
  context: [['/data/context/file.tgc', `${DATA}/context/file.png`, {}]],
  layers: [1, 2, 4].map((scale) => [
    '/data/layers/file.tgc',
    `${DATA}/layers/scale${scale}.png`,
    { scale },
  ]),
  mobile: [0, 1].map((realism) => [
    '/demo/photograph.tgc',
    `${SITES}/photograph-${realism}.png`,
    { realism },
  ]),
};

for (const name of NAMES) {
  describe(`golden files in ${name}`, { timeout: TIMEOUT }, () => {
    let browser;
    before(async () => {
      browser = await launch(name);
    });
    after(() => browser?.close());

    for (const [site, cases] of Object.entries(CASES)) {
      test(`of the model ${site}`, async (t) => {
        const server = await serveSite(site);
        t.after(() => server.close());
        const page = await openPage(browser, server);
        t.after(() => page.close());
        const sum = { largest: 0, differing: 0, values: 0 };
        for (const [address, expected, options] of cases) {
          const picture = await decodedIn(page, address, options);
          const { width, height, rgba } = pngPixels(expected);
          assert.deepEqual([picture.width, picture.height], [width, height], address);
          const found = difference(picture.rgba, rgba);
          assert.ok(found.largest <= ROUNDING, `${address} differs by ${found.largest} levels`);
          sum.largest = Math.max(sum.largest, found.largest);
          sum.differing += found.differing;
          sum.values += found.values;
        }
        t.diagnostic(
          `${name}, ${site}: ${cases.length} pictures, ${sum.differing} of ${sum.values} values ` +
            `differ, by ${sum.largest} at most`,
        );
      });
    }

    test('a photograph is encoded as Python encodes it', async (t) => {
      const server = await serveSite('mobile');
      t.after(() => server.close());
      const page = await openPage(browser, server);
      t.after(() => page.close());
      const { bytes, expected, differing, meanDifference } = await page.evaluate(async () => {
        const { decode, encode } = await import('/tgc/tgc.js');
        const [photograph, python] = await Promise.all(
          ['jpg', 'tgc'].map(async (end) => (await fetch(`/demo/photograph.${end}`)).blob()),
        );
        const file = await encode(photograph, { bpp: 0.1 });
        const theirs = new Uint8Array(await python.arrayBuffer());
        const [one, other] = [
          await decode(file, { as: 'pixels' }),
          await decode(theirs, { as: 'pixels' }),
        ];
        const sum = one.data.reduce((sum, value, i) => sum + Math.abs(value - other.data[i]), 0);
        return {
          bytes: file.length,
          expected: theirs.length,
          differing: theirs.reduce((count, byte, i) => count + Number(byte !== file[i]), 0),
          meanDifference: sum / one.data.length,
        };
      });
      assert.ok(bytes <= BUDGET && bytes > 0.9 * BUDGET, `${bytes} bytes`);
      // Networks that round differently may move a few symbols, and with them all bytes after.
      assert.ok(meanDifference < 0.5, `${meanDifference} levels`);
      t.diagnostic(`${name}: ${bytes} bytes (Python: ${expected}), of which ${differing} differ`);
    });
  });
}
