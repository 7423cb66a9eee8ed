/** Packs and unpacks data with the streams that browsers and Node have for it. */

import { adler32 } from './checksums.js';

// Bytes given to an inflater at once: its output, which may be 1032 times as long, is taken away
// before it gets more, so what is too long costs little memory.
const PIECE = 1 << 15;

/**
 * Unpacks data in zlib's format.
 *
 * @param {Uint8Array} data
 * @param {number} limit the most bytes to unpack
 * @returns {Promise<Uint8Array | null>} null if the data is damaged, cut short, goes on after its
 *     end, or unpacks to more than `limit` bytes
 */
export async function inflate(data, limit) {
  const unpacked = await unpack('deflate', data, limit);
  // The data ends with a checksum of what it holds. Browsers refuse bytes after that, as their
  // standard says; Node before version 24 does not.
  if (unpacked === null || data.length < 6) return null;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return view.getUint32(data.length - 4) === adler32(unpacked) ? unpacked : null;
}

/**
 * Unpacks data in a format of DecompressionStream; see `inflate`.
 *
 * @param {'deflate' | 'gzip'} format
 * @param {Uint8Array} data
 * @param {number} limit
 */
export async function unpack(format, data, limit) {
  const stream = new DecompressionStream(format);
  const reader = stream.readable.getReader();
  const feeding = feed(stream.writable.getWriter(), data, PIECE);
  try {
    const pieces = [];
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > limit) {
        await reader.cancel();
        return null;
      }
      pieces.push(value);
    }
    return (await feeding) ? join(pieces, size) : null;
  } catch {
    return null; // what runtimes throw for damaged data differs
  }
}

/**
 * Packs data in zlib's format.
 *
 * @param {Uint8Array} data
 */
export async function deflate(data) {
  const stream = new CompressionStream('deflate');
  const feeding = feed(stream.writable.getWriter(), data, data.length || 1);
  const packed = await new Response(stream.readable).arrayBuffer();
  await feeding;
  return new Uint8Array(packed);
}

/**
 * Writes data to a stream; returns whether the stream took it. Never rejects: the reader's side
 * sees the error as well.
 *
 * @param {WritableStreamDefaultWriter} writer
 * @param {Uint8Array} data
 * @param {number} piece bytes at once
 */
async function feed(writer, data, piece) {
  writer.closed.catch(() => {});
  try {
    for (let at = 0; at < data.length; at += piece) {
      await writer.ready;
      await writer.write(data.slice(at, at + piece));
    }
    await writer.close();
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {Uint8Array[]} pieces
 * @param {number} size
 */
function join(pieces, size) {
  if (pieces.length === 1) return pieces[0];
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
