/** Numbers for people: bytes, rates and times. */

import { NAMES } from './pictures.js';

/**
 * Fills the table of what each picture takes.
 *
 * @param {HTMLElement} body of the table
 * @param {import('./pictures.js').Opened} opened
 */
export function fill(body, opened) {
  body.replaceChildren();
  const { file } = opened;
  for (const name of opened.names) {
    const view = opened.views.get(name);
    if (!view) continue;
    const { width, height } = view.picture;
    const decoded = view.ms === undefined ? '' : `${time(view.ms)} to open`;
    const encoded = file?.ms && view.ms !== undefined ? `, ${time(file.ms)} to make` : '';
    row(body, NAMES[name], [
      count(view.bytes),
      ((view.bytes * 8) / (width * height)).toFixed(view.bytes > width * height ? 1 : 3),
      decoded + encoded,
    ]);
  }
}

/**
 * @param {number} bytes
 */
export function count(bytes) {
  return bytes.toLocaleString('en');
}

/** @param {number} ms */
function time(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/**
 * @param {HTMLElement} body
 * @param {string} name
 * @param {string[]} cells
 */
function row(body, name, cells) {
  const line = document.createElement('tr');
  const head = document.createElement('th');
  head.scope = 'row';
  head.textContent = name;
  line.append(head);
  for (const text of cells) {
    const cell = document.createElement('td');
    cell.textContent = text;
    line.append(cell);
  }
  body.append(line);
}
