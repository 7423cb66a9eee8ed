/** The page, as people use it: example, own files, rate, offline; what it asks for; axe-core. */

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launch, NAMES, resolve, TIMEOUT } from './browsers.js';
import { serveSite, SITES } from './site.js';

const SHOTS = path.join(SITES, '..', 'screenshots');
const AXE = readFileSync(resolve('axe-core'), 'utf8');

mkdirSync(SHOTS, { recursive: true });

/** Waits until the page has done what it was asked for; returns what it says. */
async function said(page) {
  await page.waitForFunction(() => {
    const { textContent } = document.getElementById('status');
    return textContent && !textContent.endsWith('...');
  });
  return page.$eval('#status', (status) => status.textContent);
}

/** The rows of the table, as arrays of texts. */
const facts = (page) =>
  page.$$eval('#facts tr', (rows) => rows.map((row) => [...row.cells].map((c) => c.textContent)));

/** How much a canvas differs from one colour: the spread of its green values. */
const spread = (page, id) =>
  page.$eval(`#${id}`, (canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const greens = data.filter((_, i) => i % 4 === 1);
    return Math.max(...greens.slice(0, 50000)) - Math.min(...greens.slice(0, 50000));
  });

/** What axe-core finds wrong, one line each. */
async function violations(page) {
  await page.evaluate(`${AXE};0`);
  return page.evaluate(async () => {
    const found = await window.axe.run(document);
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
  });
}

for (const name of NAMES) {
  describe(`the page in ${name}`, { timeout: TIMEOUT }, () => {
    let browser;
    let server;
    let page;
    /** @type {string[]} addresses that the page has asked for */
    const asked = [];
    before(async () => {
      browser = await launch(name);
      server = await serveSite('mobile');
      page = await browser.newPage();
      page.setDefaultTimeout(120000);
      page.on('request', (request) => asked.push(request.url()));
      await page.setViewport({ width: 1280, height: 900 });
      await page.goto(`${server.origin}/`);
    });
    after(async () => {
      await browser?.close();
      await server?.close();
    });

    test('makes and shows the example', async () => {
      await page.click('#demo');
      assert.match(await said(page), /^photograph\.tgc: 4,\d{3} bytes, 3\d times smaller/);
      const [original, ours] = await facts(page);
      assert.equal(original[0], 'Original');
      assert.equal(ours[0], 'tgc, realistic');
      assert.ok(Number(ours[2]) <= 0.1, ours[2]);
      for (const id of ['under', 'over']) assert.ok((await spread(page, id)) > 100, id);
    });

    test('compares with WebP of no more bytes', async () => {
      await page.select('#left', 'webp');
      await said(page);
      const rows = await facts(page);
      const bytes = (row) => Number(row[1].replace(',', ''));
      const webp = rows.find((row) => row[0] === 'WebP');
      assert.ok(bytes(webp) <= bytes(rows.at(-1)) && bytes(webp) > 2000, webp[1]);
      await page.screenshot({ path: path.join(SHOTS, `${name}-page.png`), fullPage: true });
    });

    test('encodes again for another rate, by keyboard', async () => {
      const before = (await facts(page)).at(-1)[1];
      await page.focus('#rate');
      await page.keyboard.press('End');
      await page.waitForFunction(
        (before) => !document.querySelector('#facts tr:last-child').textContent.includes(before),
        {},
        before,
      );
      await said(page);
      assert.equal(await page.$eval('#rate-shown', (shown) => shown.value), '0.50');
    });

    test('the handle moves by keyboard and says where it is', async () => {
      await page.focus('#split');
      await page.keyboard.press('End');
      const text = await page.$eval('#split', (split) => split.getAttribute('aria-valuetext'));
      assert.equal(text, '100 % WebP, the rest tgc, realistic');
    });

    test('opens a .tgc file with both decoders, and says what is wrong with another', async () => {
      const input = await page.$('#file');
      await input.uploadFile(path.join(SITES, 'pictures', 'left.tgc'));
      await page.waitForFunction(() => document.getElementById('rate-field').hidden);
      assert.match(await said(page), /^left\.tgc: 6\d\d bytes\.$/);
      assert.deepEqual((await facts(page)).map(([head]) => head), [
        'tgc, faithful',
        'tgc, realistic',
      ]);
      await input.uploadFile(path.join(SITES, 'pictures', 'cut.tgc'));
      await page.waitForSelector('#status.bad');
      assert.match(await said(page), /cut short/);
    });

    test('cancels', async () => {
      await page.click('#demo');
      await page.click('#cancel');
      assert.equal(await said(page), 'Cancelled.');
      await page.click('#demo');
      assert.match(await said(page), /^photograph/);
    });

    test('has no errors of accessibility, light or dark, wide or narrow', async () => {
      for (const width of [1280, 390]) {
        await page.setViewport({ width, height: 844 });
        for (const value of name === 'chrome' ? ['light', 'dark'] : ['light']) {
          if (name === 'chrome') {
            await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
          }
          assert.deepEqual(await violations(page), [], `${width} ${value}`);
          const over = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          assert.ok(over <= 0, `${width}: ${over} pixels too wide`);
          const shot = `${name}-page-${width}-${value}.png`;
          await page.screenshot({ path: path.join(SHOTS, shot), fullPage: true });
        }
      }
    });

    test('asks only its own origin', async () => {
      const loaded = await page.evaluate(async () => {
        const { ready } = await import('/tgc/tgc.js');
        return (await ready()).files;
      });
      assert.ok(loaded.some((url) => url.endsWith('.wasm') || url.endsWith('.tflite')), 'loaded');
      for (const url of [...asked, ...loaded]) {
        assert.ok(url.startsWith(`${server.origin}/`) || /^(blob|data):/.test(url), url);
      }
    });

    test('opens and works offline', async () => {
      await page.waitForFunction(() => document.getElementById('offline').textContent);
      await server.close();
      await page.reload();
      const input = await page.$('#file');
      await input.uploadFile(path.join(SITES, 'pictures', 'right.tgc'));
      assert.match(await said(page), /^right\.tgc: 6\d\d bytes\.$/);
    });
  });
}
