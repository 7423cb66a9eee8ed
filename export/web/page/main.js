/** The page: what people do, and what they see of it. */

import { decode, ready } from '../tgc/tgc.js';
import { count, fill } from './facts.js';
import { keepCodec, keepPage } from './offline.js';
import { NAMES, opened } from './pictures.js';
import { listen } from './sources.js';
import { Viewer } from './viewer.js';

/** @typedef {import('./pictures.js').Name} Name */

/** Pictures up to this are shown with both decoders at once; larger ones when asked for. */
const COMFORTABLE = 6e6; // pixels

/** @param {string} id */
const find = (id) => /** @type {any} */ (document.getElementById(id));

const viewer = new Viewer(find('viewer'));
const sides = { left: find('left'), right: find('right') };

/** @type {import('./pictures.js').Opened | null} */
let shown = null;
/** Cancels what is under way. */
let controller = new AbortController();

listen((file) => run('Opening', (watch) => open(file, watch)));
find('demo').addEventListener('click', () => run('Opening', openDemo));
find('cancel').addEventListener('click', () => controller.abort());
find('actual').addEventListener('change', () => viewer.zoom(find('actual').checked));
find('save-tgc').addEventListener('click', () => save(new Blob([shown.file.bytes]), 'tgc'));
find('save-png').addEventListener('click', () => run('Saving', savePng));
find('rate').addEventListener('input', sayRate);
find('rate').addEventListener('change', () => run('Encoding', encodeAgain));
find('settings').addEventListener('submit', (/** @type {Event} */ event) => event.preventDefault());
for (const radio of document.querySelectorAll('[name=realism]')) {
  radio.addEventListener('change', () => {
    sides.right.value = realism();
    run('Decoding', showBoth);
  });
}
for (const select of Object.values(sides)) {
  select.addEventListener('change', () => run('Opening', showBoth));
}
sayRate();
keepPage();

/** Once something has been opened, the page can do so offline too. */
let kept = false;
async function keep() {
  if (kept) return;
  kept = true;
  kept = await keepCodec((await ready()).files);
  if (kept) find('offline').textContent = 'This page now opens and works without a network, too.';
}

/**
 * Does what a person asked for, in place of what they asked for before, and says how it went.
 *
 * @param {string} what
 * @param {(watch: import('./pictures.js').Watch) => Promise<string | void>} work
 */
async function run(what, work) {
  controller.abort();
  controller = new AbortController();
  const { signal } = controller;
  const bar = find('bar');
  bar.removeAttribute('value');
  find('progress').hidden = false;
  say(`${what} ...`);
  const onProgress = (/** @type {number} */ share) => {
    if (!signal.aborted) bar.value = share;
  };
  try {
    say((await work({ signal, onProgress })) ?? '');
  } catch (error) {
    if (controller.signal === signal) {
      if (signal.aborted) say('Cancelled.');
      else say(/** @type {Error} */ (error).message, true);
    }
  }
  if (controller.signal === signal) find('progress').hidden = true;
}

/**
 * @param {Blob & { name?: string }} file
 * @param {import('./pictures.js').Watch} watch
 */
async function open(file, watch) {
  const next = await opened(file);
  if (next.hasOriginal) await next.encode(rate(), watch);
  const first = await next.view(realism(), watch);
  shown?.close();
  shown = next;
  for (const select of Object.values(sides)) {
    select.replaceChildren(...next.names.map((name) => new Option(NAMES[name], name)));
  }
  const large = first.picture.width * first.picture.height > COMFORTABLE;
  sides.left.value = next.hasOriginal ? 'original' : large ? realism() : 'faithful';
  sides.right.value = realism();
  find('rate-field').hidden = !next.hasOriginal;
  find('result').hidden = false;
  viewer.center();
  const outcome = await showBoth(watch);
  keep();
  return outcome;
}

/** @param {import('./pictures.js').Watch} watch */
async function openDemo(watch) {
  const response = await fetch('demo/photograph.jpg', { signal: watch.signal });
  if (!response.ok) throw new Error('The example cannot be downloaded.');
  return open(new File([await response.blob()], 'photograph.jpg'), watch);
}

/** @param {import('./pictures.js').Watch} watch */
async function encodeAgain(watch) {
  await shown.encode(rate(), watch);
  return showBoth(watch);
}

/** @param {import('./pictures.js').Watch} watch */
async function showBoth(watch) {
  for (const side of /** @type {const} */ (['right', 'left'])) {
    const name = /** @type {Name} */ (sides[side].value);
    const { picture } = await shown.view(name, watch);
    viewer.show(side, picture, NAMES[name]);
  }
  fill(find('facts'), shown);
  return summary();
}

/** What came of it, in one line. */
function summary() {
  const bytes = shown.file.bytes.length;
  const text = `${shown.stem}.tgc: ${count(bytes)} bytes`;
  const original = shown.views.get('original');
  if (!original || original.bytes < 2 * bytes) return `${text}.`;
  return `${text}, ${count(Math.floor(original.bytes / bytes))} times smaller than the original.`;
}

/** @param {import('./pictures.js').Watch} watch */
async function savePng(watch) {
  const faithful = realism() === 'faithful';
  save(await decode(shown.file.bytes, { as: 'png', realism: faithful ? 0 : 1, ...watch }), 'png');
}

/**
 * @param {Blob} blob
 * @param {string} extension
 */
function save(blob, extension) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${shown.stem}.${extension}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/** @returns {Name} */
function realism() {
  return /** @type {any} */ (document.querySelector('[name=realism]:checked')).value;
}

/** Bits per pixel: the handle moves on a scale of powers of ten. */
function rate() {
  return 10 ** find('rate').valueAsNumber;
}

function sayRate() {
  const text = rate().toFixed(2);
  find('rate-shown').value = text;
  find('rate').setAttribute('aria-valuetext', `${text} bits per pixel`);
}

/**
 * @param {string} text
 * @param {boolean} bad
 */
function say(text, bad = false) {
  const status = find('status');
  status.textContent = text;
  status.classList.toggle('bad', bad);
}
