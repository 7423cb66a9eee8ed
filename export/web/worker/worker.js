/**
 * The worker behind `tgc.js`. A classic script, as LiteRT needs; what it does is in `service.js`.
 */

/** @type {MessageEvent[] | null} what came before the modules were there */
let waiting = [];

self.onmessage = (event) => waiting?.push(event);

import('./service.js').then(
  ({ handle }) => {
    self.onmessage = handle;
    waiting?.forEach(handle);
    waiting = null;
  },
  (error) => setTimeout(() => { throw error; }),
);
