/** The browsers of this machine, driven by Puppeteer: Debian's Chromium and Firefox, headless. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../../build/', import.meta.url));

/** What can be tested here, with the paths where each may be. */
const PATHS = {
  chrome: ['/usr/bin/chromium', '/usr/bin/google-chrome'],
  firefox: ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
};

/** For all tests of one file in one browser; a busy machine needs a third of it. */
export const TIMEOUT = 180000; // ms

/** @typedef {keyof typeof PATHS} BrowserName */

/** The path of an npm package that tests use. */
export const resolve = (/** @type {string} */ name) => require.resolve(name);

/**
 * Starts a browser with a fresh profile.
 *
 * @param {BrowserName} name
 * @param {string[]} [more] arguments for it
 */
export async function launch(name, more = []) {
  const executablePath = PATHS[name].find(existsSync);
  if (!executablePath) throw new Error(`${name} is not installed here: see export/web/README.md`);
  const { default: puppeteer } = await import(pathToFileURL(resolve('puppeteer-core')).href);
  // Chromium's sandbox does not start for root, as in containers.
  const sandbox = process.getuid?.() === 0 && name === 'chrome' ? ['--no-sandbox'] : [];
  return puppeteer.launch({
    browser: name,
    executablePath,
    headless: true,
    args: [...sandbox, ...more],
    protocolTimeout: 300000,
  });
}

export const NAMES = /** @type {BrowserName[]} */ (Object.keys(PATHS));
