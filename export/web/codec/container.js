/**
 * The `.tgc` file: header, optional chunks, streams, checksum ("Container" of the format). A new
 * version of files is dispatched here and in `header.js`, nowhere else.
 */

import { ByteWriter } from './byte-writer.js';
import { crc16, crc32 } from './checksums.js';
import { BitstreamError, ImageError, UsageError } from './errors.js';
import * as header from './header.js';
import { iccOf, knownProfile, numberOf } from './known-profiles.js';
import { readTiles } from './tiles.js';
import { deflate, inflate } from './zlib.js';

const LAYER_CHECK_BYTES = 2;
const DAMAGED = 'the file is damaged or cut short (wrong checksum)';

/**
 * What a file says, before any model is involved.
 *
 * @typedef {object} TgcFile
 * @property {Uint8Array} modelId the first three bytes of the model's normative hash
 * @property {number} width of the whole picture
 * @property {number} height
 * @property {number} quality row of the model's gains, 0..255
 * @property {Uint8Array[]} streams one, or one per layer, coarse to fine
 * @property {boolean} grey show the luma of the decoded picture
 * @property {Uint8Array | null} icc unpacked
 * @property {Uint8Array | null} exif unpacked
 * @property {Uint8Array | null} alpha a PNG file, see `grey-png.js`
 */

/**
 * A file as it is read: its streams are there, its metadata still packed.
 *
 * @typedef {object} ParsedFile
 * @property {header.Header} header
 * @property {Uint8Array[]} streams those a picture of this scale needs
 * @property {number} scale how much smaller than the whole picture the streams' picture is
 * @property {number} layers of the whole file
 * @property {import('./tiles.js').Tile[] | null} tiles in place of streams
 */

/**
 * Reads a file; of one in layers, the streams that a picture `scale` times smaller needs.
 *
 * @param {Uint8Array} blob
 * @param {number} scale
 * @returns {ParsedFile}
 */
export function parse(blob, scale = 1) {
  const found = parseLayers(blob);
  const count = found.streams.length;
  const scales = scalesOf(found);
  const place = scales.indexOf(scale);
  if (place < 0) {
    if (scale >= 1 && scale < found.scale) {
      throw new BitstreamError(
        `${DAMAGED}; copy it again, or take the smaller picture that is whole at ` +
          `scale ${found.scale}`,
      );
    }
    throw new UsageError(`the file has no picture at scale ${scale}; it has: ${scales.join(', ')}`);
  }
  return { ...found, streams: found.streams.slice(0, count - place), scale };
}

/**
 * Reads a file; of one in layers that was cut short, the layers that are whole.
 *
 * @param {Uint8Array} blob
 * @returns {ParsedFile}
 */
export function parseLayers(blob) {
  if (header.versionOf(blob) === header.VERSION && !checksumHolds(blob)) throw damaged();
  const head = header.readHeader(blob);
  if (head.tiles) {
    const tiles = readTiles(blob, head.tiles, head.transparent);
    return { header: head, streams: [], scale: 1, layers: 1, tiles };
  }
  const streams = wholeStreams(blob, head);
  if (!streams.length) throw damaged();
  const layers = head.lengths.length + 1;
  return { header: head, streams, scale: 1 << (layers - streams.length), layers, tiles: null };
}

/**
 * How much smaller than the whole picture those are that a file holds, from the largest.
 *
 * @param {ParsedFile} file
 */
export function scalesOf({ streams, scale, tiles }) {
  return tiles ? [1] : streams.map((_, i) => scale << i);
}

/**
 * Unpacks the metadata of a file.
 *
 * @param {header.Header} head
 */
export async function metadataOf({ icc, exif }) {
  const profile = typeof icc === 'number' ? knownProfile(icc) : null;
  return {
    icc: profile ? iccOf(profile) : await unpacked(icc, 'ICC profile'),
    profile: profile ? profile.name : null,
    exif: await unpacked(exif, 'EXIF block'),
  };
}

/**
 * Returns the bytes of a file, in the layered layout if it has several streams.
 *
 * @param {TgcFile} file
 */
export async function pack(file) {
  if (!(file.width >= 1 && file.height >= 1) || area(file) > header.MAX_PIXELS) {
    throw new ImageError(
      `a picture of ${file.width}x${file.height} pixels is not supported; ` +
        `the format holds ${header.BOUNDS}`,
    );
  }
  const [finest, ...coarser] = file.streams.slice().reverse();
  if (!finest || coarser.length >= header.MAX_LAYERS) {
    throw new UsageError(`a file has 1 to ${header.MAX_LAYERS} streams`);
  }
  const flags =
    (file.icc ? header.FLAG_ICC : 0) |
    (file.exif ? header.FLAG_EXIF : 0) |
    (file.alpha ? header.FLAG_ALPHA : 0) |
    (file.grey ? header.FLAG_GREY : 0);
  const version = coarser.length ? header.LAYERED : header.VERSION;
  const out = new ByteWriter();
  out.write(header.MAGIC);
  out.write([(version << 4) | flags]);
  out.write(file.modelId);
  out.varint(file.width);
  out.varint(file.height);
  out.write([file.quality]);
  if (file.icc) {
    const number = numberOf(file.icc);
    if (number === null) out.chunk(await packedMetadata(file.icc, 'ICC profile'));
    else out.varint(number);
  }
  if (file.exif) out.chunk(await packedMetadata(file.exif, 'EXIF block'));
  if (file.alpha) out.chunk(file.alpha);
  if (coarser.length) writeLayers(out, coarser.reverse());
  out.write(finest);
  const crc = crc32(out.toBytes());
  out.write([crc & 0xff, (crc >>> 8) & 0xff, (crc >>> 16) & 0xff, crc >>> 24]);
  return out.toBytes();
}

/**
 * @param {ByteWriter} out
 * @param {Uint8Array[]} streams of all layers but the finest
 */
function writeLayers(out, streams) {
  out.varint(streams[0].length * header.MAX_LAYERS + streams.length);
  for (const stream of streams.slice(1)) out.varint(stream.length);
  for (const stream of streams) {
    out.write(stream);
    const check = crc16(out.toBytes());
    out.write([check & 0xff, check >> 8]);
  }
}

/**
 * The streams up to the first wrong check.
 *
 * @param {Uint8Array} blob
 * @param {header.Header} head
 */
function wholeStreams(blob, head) {
  const streams = [];
  let position = head.start;
  for (const length of head.lengths) {
    const stop = position + length;
    if (stop + LAYER_CHECK_BYTES > blob.length) return streams;
    if (crc16(blob, stop) !== (blob[stop] | (blob[stop + 1] << 8))) return streams;
    streams.push(blob.subarray(position, stop));
    position = stop + LAYER_CHECK_BYTES;
  }
  if (position + header.CRC_BYTES <= blob.length && checksumHolds(blob)) {
    streams.push(blob.subarray(position, blob.length - header.CRC_BYTES));
  }
  return streams;
}

/** @param {Uint8Array} blob */
function checksumHolds(blob) {
  const body = blob.length - header.CRC_BYTES;
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  return view.getUint32(body, true) === crc32(blob, 0, body);
}

/**
 * @param {Uint8Array | number | null} data
 * @param {string} what
 */
async function unpacked(data, what) {
  if (!(data instanceof Uint8Array)) return null;
  const whole = await inflate(data, header.MAX_METADATA);
  if (whole === null) {
    throw new BitstreamError(
      `the ${what} cannot be unpacked, is longer than ${header.MAX_METADATA} bytes or incomplete`,
    );
  }
  return whole;
}

/**
 * @param {Uint8Array} data
 * @param {string} what
 */
function packedMetadata(data, what) {
  if (data.length > header.MAX_METADATA) {
    throw new ImageError(
      `the ${what} has ${data.length} bytes; the limit is ${header.MAX_METADATA}`,
    );
  }
  return deflate(data);
}

/** @param {{ width: number, height: number }} size */
function area({ width, height }) {
  return header.area(width, height);
}

function damaged() {
  return new BitstreamError(`${DAMAGED}; copy it again`);
}
