/**
 * Opens pages of the built site in Chromium and takes pictures of them, at the width of a phone and of a desktop.
 *
 *     node website/look.js SITE OUT       (look.sh does, after it has seen to what this needs)
 *
 * Fails if a page has an error in its console, asks for anything from another origin or for what is not there, is
 * wider than the window, or has pictures under a handle that do not move.
 */

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { launch } from '../export/web/tests/browser/browsers.js';
import { serve } from '../export/web/tests/browser/server.js';

const PAGES = {
  start: 'index.html',
  tutorial: 'tutorials/keras.html',
  gallery: 'gallery.html',
  python: 'python.html',
  training: 'python_training.html',
  commands: 'commands.html',
  readme: 'readme.html',
  results: 'results/mobile/index.html',
};
const WIDTHS = [390, 1280];
const HEIGHT = 900;

const [site, out] = process.argv.slice(2);
await mkdir(out, { recursive: true });
const server = await serve({ '/': path.resolve(site) });
const browser = await launch('chrome');
const problems = [];
for (const width of WIDTHS) {
  for (const [name, address] of Object.entries(PAGES)) {
    const page = await browser.newPage();
    const complain = (/** @type {string} */ what) => problems.push(`${address}, ${width} pixels: ${what}`);
    page.on('console', (line) => line.type() === 'error' && complain(line.text()));
    page.on('pageerror', (error) => complain(error.message));
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== server.origin && protocol !== 'data:') complain(`asks for ${request.url()}`);
    });
    page.on('response', (response) => response.status() >= 400 && complain(`${response.url()} is not there`));
    await page.setViewport({ width, height: HEIGHT });
    await page.goto(`${server.origin}/${address}`, { waitUntil: 'networkidle0' });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) complain(`is ${wide} pixels wide`);
    const moved = await page.evaluate(() =>
      [...document.querySelectorAll('.compare')].every((element) => {
        const handle = element.querySelector('input[type=range]');
        if (!handle) return false;
        handle.value = '30';
        handle.dispatchEvent(new Event('input'));
        return element.querySelector('.stack').style.getPropertyValue('--at') === '30%';
      }),
    );
    if (!moved) complain('has pictures without a handle');
    await page.screenshot({ path: path.join(out, `${name}-${width}.png`) });
    await page.close();
  }
}
await browser.close();
await server.close();
for (const problem of problems) console.error(problem);
console.log(`${Object.keys(PAGES).length} pages at ${WIDTHS.join(' and ')} pixels: ${problems.length} problems`);
process.exitCode = problems.length ? 1 : 0;
