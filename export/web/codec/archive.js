/**
 * Zip files that anybody can have written: bundles, and the arrays in them. What they unpack to is
 * bounded before it is unpacked.
 */

import { crc32 } from './checksums.js';
import { BundleError, shown } from './errors.js';
import { unpack } from './zlib.js';

const END = 0x06054b50; // signatures
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_COMMENT = 65535;
const MAX_MEMBERS = 128;
const STORED = 0;
const DEFLATED = 8;
/** Bytes that the smallest zip may unpack to, and how many times its length a longer one may. */
const LEAST = 2 ** 24;
const RATIO = 8;

/** @typedef {{ method: number, crc: number, packed: number, size: number, at: number }} Member */

/** Reads the members of one zip file, stored or deflated. */
export class Archive {
  /** @type {Map<string, Member>} */
  #members = new Map();
  #data;
  #view;
  #left;

  /**
   * @param {Uint8Array} data
   * @param {number} most bytes of all members that are read together
   */
  constructor(data, most = Math.max(LEAST, RATIO * data.length)) {
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.#left = most;
    this.#readDirectory();
  }

  get names() {
    return [...this.#members.keys()];
  }

  /**
   * Returns the contents of a member.
   *
   * @param {string} name
   */
  async read(name) {
    const member = this.#members.get(name);
    if (!member) throw new BundleError(`${shown(name)} is missing`);
    const { method, crc, packed, size, at } = member;
    this.#left -= size;
    if (this.#left < 0) {
      throw new BundleError(
        `${shown(name)} unpacks to ${size} bytes, which is out of proportion: a damaged or ` +
          'hostile zip file',
      );
    }
    if (at + LOCAL_BYTES > this.#data.length || this.#view.getUint32(at, true) !== LOCAL) {
      throw damaged();
    }
    const names = this.#view.getUint16(at + 26, true) + this.#view.getUint16(at + 28, true);
    const start = at + LOCAL_BYTES + names;
    const body = this.#data.subarray(start, start + packed);
    if (body.length !== packed || (method !== STORED && method !== DEFLATED)) throw damaged();
    const whole = method === STORED ? body.slice() : await this.#inflate(body, crc, size);
    if (!whole || whole.length !== size || crc32(whole) !== crc) {
      throw new BundleError(`${shown(name)} is damaged; copy the bundle again`);
    }
    return whole;
  }

  /**
   * Not all runtimes unpack bare deflated data, but with a head and its checksum it is a gzip file.
   *
   * @param {Uint8Array} body
   * @param {number} crc
   * @param {number} size
   */
  #inflate(body, crc, size) {
    const head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    const file = new Uint8Array(head.length + body.length + 8);
    file.set(head);
    file.set(body, head.length);
    const view = new DataView(file.buffer, head.length + body.length);
    view.setUint32(0, crc, true);
    view.setUint32(4, size, true);
    return unpack('gzip', file, size);
  }

  #readDirectory() {
    const view = this.#view;
    let end = this.#data.length - END_BYTES;
    const first = Math.max(0, end - MAX_COMMENT);
    while (end >= first && view.getUint32(end, true) !== END) end--;
    if (end < first) throw damaged();
    const count = view.getUint16(end + 10, true);
    if (count > MAX_MEMBERS) {
      throw new BundleError(`a zip file has ${count} members; at most ${MAX_MEMBERS} are read`);
    }
    let at = view.getUint32(end + 16, true);
    for (let i = 0; i < count; i++) {
      if (at + ENTRY_BYTES > end || view.getUint32(at, true) !== ENTRY) throw damaged();
      const [nameBytes, extra, comment] = [28, 30, 32].map((field) =>
        view.getUint16(at + field, true),
      );
      const nameAt = at + ENTRY_BYTES;
      const name = new TextDecoder().decode(this.#data.subarray(nameAt, nameAt + nameBytes));
      if (this.#members.has(name)) throw damaged();
      this.#members.set(name, {
        method: view.getUint16(at + 10, true),
        crc: view.getUint32(at + 16, true),
        packed: view.getUint32(at + 20, true),
        size: view.getUint32(at + 24, true),
        at: view.getUint32(at + 42, true),
      });
      at = nameAt + nameBytes + extra + comment;
    }
  }
}

/**
 * Returns a `FetchFile` of a bundle that is one zip file.
 *
 * @param {Uint8Array} data
 * @returns {import('./contract.js').FetchFile}
 */
export function zipFiles(data) {
  const archive = new Archive(data);
  return (name) => archive.read(name);
}

function damaged() {
  return new BundleError('a zip file is damaged; copy the bundle again');
}
