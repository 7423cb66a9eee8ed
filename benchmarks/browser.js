/**
 * Times the codec in Chromium and says what is downloaded for it.
 *
 *     node benchmarks/browser.js SITE [SITE ...] [--large=FILE.tgc]
 *
 * SITE is a folder that `python -m export.web` wrote; the packages of the tests must be there
 * (`export/web/fetch.sh export/web/build test`). The picture is the site's demo, 768x512 at 0.1
 * bits per pixel. "Cold" is from opening an empty page to the picture in a canvas, with everything
 * downloaded from a server on this machine; the rest is warm. On a machine that does other work too,
 * the least time and the processor time say more than the median. With --large
 * the most memory that the page's process held while a large file was decoded is told as well.
 */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { launch } from '../export/web/tests/browser/browsers.js';
import { serve } from '../export/web/tests/browser/server.js';

const PAGES = new URL('../export/web/tests/browser/pages', import.meta.url).pathname;
/** What lets pages use threads. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
const ROUNDS = 9;

const sites = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const large = process.argv.find((argument) => argument.startsWith('--large='))?.slice(8);

for (const site of sites) {
  for (const threads of [false, true]) {
    const { cold, decode, encode, requests } = await timed(site, threads ? ISOLATED : {});
    console.log(`${site}, ${threads ? 'threads' : 'one thread'}: cold ${cold} ms`);
    for (const [name, { times, processor }] of Object.entries({ decode, encode })) {
      console.log(
        `  ${name}: median ${median(times)} ms, least ${Math.min(...times)} ms, ` +
          `${processor} ms of processor time`,
      );
    }
    if (!threads) console.log(`  downloaded to decode: ${downloads(requests)}`);
  }
  if (large) console.log(`  ${await largest(site, large)}`);
}

/**
 * @param {string} site
 * @param {Record<string, string>} headers
 */
async function timed(site, headers) {
  const server = await serve({ '/test/': PAGES, '/': site }, headers);
  const browser = await launch('chrome');
  const page = await browser.newPage();
  await page.goto(`${server.origin}/test/blank.html`);
  const cold = await page.evaluate(async () => {
    const { decode } = await import('/tgc/tgc.js');
    const picture = await decode(await (await fetch('/demo/photograph.tgc')).blob());
    const canvas = document.body.appendChild(document.createElement('canvas'));
    [canvas.width, canvas.height] = [picture.width, picture.height];
    canvas.getContext('2d').drawImage(picture, 0, 0);
    await new Promise(requestAnimationFrame);
    return Math.round(performance.now());
  });
  const requests = [...server.requests];
  await repeated(page, 'encode', 2);
  const pages = renderers(browser.process().pid);
  const result = { cold, requests, decode: {}, encode: {} };
  for (const what of ['decode', 'encode']) {
    const before = processorTime(pages);
    const times = await repeated(page, what, ROUNDS);
    result[what] = { times, processor: Math.round((processorTime(pages) - before) / ROUNDS) };
  }
  await browser.close();
  await server.close();
  return result;
}

/**
 * Decodes or encodes the demo so many times; returns the milliseconds of each.
 *
 * @param {any} page
 * @param {'decode' | 'encode'} what
 * @param {number} rounds
 * @returns {Promise<number[]>}
 */
function repeated(page, what, rounds) {
  return page.evaluate(
    async (what, rounds) => {
      const { decode, encode } = await import('/tgc/tgc.js');
      const file = await (await fetch('/demo/photograph.tgc')).blob();
      const photograph = await createImageBitmap(await (await fetch('/demo/photograph.jpg')).blob());
      const times = [];
      for (let i = 0; i < rounds; i++) {
        const start = performance.now();
        await (what === 'decode' ? decode(file) : encode(photograph, { bpp: 0.1 }));
        times.push(Math.round(performance.now() - start));
      }
      return times;
    },
    what,
    rounds,
  );
}

/** @param {{ url: string, bytes: number }[]} requests */
function downloads(requests) {
  const sums = { 'codec, ours': 0, 'model, ours': 0, LiteRT: 0 };
  for (const { url, bytes } of requests) {
    if (/\/litert|wasm-utils/.test(url)) sums.LiteRT += bytes;
    else if (url.includes('/model/')) sums['model, ours'] += bytes;
    else if (url.startsWith('/tgc/')) sums['codec, ours'] += bytes;
  }
  const total = Object.values(sums).reduce((sum, bytes) => sum + bytes);
  const parts = Object.entries(sums).map(([name, bytes]) => `${name} ${bytes}`);
  return `${total} bytes (${parts.join(', ')})`;
}

/**
 * Decodes a large file and watches the processes of the page.
 *
 * @param {string} site
 * @param {string} file
 */
async function largest(site, file) {
  const server = await serve({ '/large/': path.dirname(path.resolve(file)), '/': site });
  const browser = await launch('chrome');
  const page = await browser.newPage();
  await page.goto(`${server.origin}/`);
  const input = await page.$('#file');
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, ...renderers(browser.process().pid).map(residentBytes));
  }, 50);
  const start = performance.now();
  await input.uploadFile(path.resolve(file));
  await page.waitForFunction(() => /bytes/.test(document.getElementById('status').textContent), {
    timeout: 300000,
  });
  clearInterval(watch);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const said = await page.$eval('#facts', (facts) => facts.innerText.replaceAll('\n', '; '));
  await browser.close();
  await server.close();
  return `${path.basename(file)} in the page: ${seconds} s, at most ${Math.round(most / 1e6)} MB (${said})`;
}

/**
 * The processes that hold pages.
 *
 * @param {number} parent
 * @returns {number[]}
 */
function renderers(parent) {
  const pids = read(`/proc/${parent}/task/${parent}/children`).split(' ').filter(Boolean).map(Number);
  const here = pids.filter((pid) => read(`/proc/${pid}/cmdline`).includes('--type=renderer'));
  return [...here, ...pids.flatMap(renderers)];
}

/**
 * Milliseconds that processes have computed, all their threads together.
 *
 * @param {number[]} pids
 */
function processorTime(pids) {
  const ticks = pids.map((pid) => {
    const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  });
  return 10 * ticks.reduce((sum, time) => sum + time, 0); // Linux counts hundredths of a second
}

/** @param {number} pid */
function residentBytes(pid) {
  return 1024 * Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** @param {string} file of a process; empty once that has ended */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** @param {number[]} numbers */
function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}
