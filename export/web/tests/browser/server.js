/** A web server for tests, on a free port of this machine. */

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tgc': 'image/vnd.tfgan-codec',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/**
 * @typedef {object} Server
 * @property {string} origin such as http://127.0.0.1:8080
 * @property {{ url: string, accept: string, bytes: number }[]} requests all that came
 * @property {() => Promise<void>} close
 */

/**
 * Serves folders.
 *
 * @param {Record<string, string>} folders by the path that they are served under, longest first
 * @param {Record<string, string>} [headers] sent with every file
 * @returns {Promise<Server>}
 */
export async function serve(folders, headers = {}) {
  /** @type {Server['requests']} */
  const requests = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://host');
    const entry = { url: url.pathname, accept: request.headers.accept ?? '', bytes: 0 };
    requests.push(entry);
    const file = located(folders, decodeURIComponent(url.pathname));
    try {
      const { size } = await stat(file);
      entry.bytes = size;
      response.writeHead(200, {
        'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream',
        'Content-Length': size,
        'Cache-Control': 'no-cache',
        ...headers,
      });
      createReadStream(file).pipe(response);
    } catch {
      response.writeHead(404).end('there is no such file');
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {Record<string, string>} folders
 * @param {string} pathname
 */
function located(folders, pathname) {
  const [prefix, folder] = Object.entries(folders).find(([prefix]) => pathname.startsWith(prefix)) ?? ['/', ''];
  const rest = pathname.slice(prefix.length);
  return path.join(folder, path.normalize(`/${rest}`), rest === '' || rest.endsWith('/') ? 'index.html' : '');
}
