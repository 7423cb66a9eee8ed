/** The three checksums of the format and of what it contains: CRC-32, CRC-16 and Adler-32. */

const CRC16_POLYNOMIAL = 0x1021;
const CRC32_POLYNOMIAL = 0xedb88320; // bits reflected
const ADLER_PRIME = 65521;
const ADLER_STRETCH = 3800; // bytes whose sums stay below 2^31

// Entry [k * 256 + i]: of the byte i with k zero bytes behind it.
const CRC16_TABLE = new Uint16Array(4 * 256);
const CRC32_TABLE = new Uint32Array(256);
for (let i = 0; i < 256; i++) {
  let crc16 = i << 8;
  let crc32 = i;
  for (let bit = 0; bit < 8; bit++) {
    crc16 = (crc16 << 1) ^ (crc16 & 0x8000 ? CRC16_POLYNOMIAL : 0);
    crc32 = (crc32 >>> 1) ^ (crc32 & 1 ? CRC32_POLYNOMIAL : 0);
  }
  CRC16_TABLE[i] = crc16;
  CRC32_TABLE[i] = crc32;
}
for (let i = 256; i < CRC16_TABLE.length; i++) {
  const before = CRC16_TABLE[i - 256];
  CRC16_TABLE[i] = (before << 8) ^ CRC16_TABLE[before >> 8];
}

/**
 * CRC-32 as zlib, gzip and PNG have it, of the bytes [start, stop).
 *
 * @param {Uint8Array} data
 */
export function crc32(data, start = 0, stop = data.length) {
  let crc = -1;
  for (let i = start; i < stop; i++) crc = CRC32_TABLE[(crc ^ data[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/**
 * CRC-16/CCITT-FALSE of the first `stop` bytes.
 *
 * @param {Uint8Array} data
 */
export function crc16(data, stop = data.length) {
  let crc = 0xffff;
  let i = 0;
  // Four bytes at once: their tables do not wait for each other.
  for (; i + 4 <= stop; i += 4) {
    crc =
      CRC16_TABLE[768 + ((crc >> 8) ^ data[i])] ^
      CRC16_TABLE[512 + ((crc & 0xff) ^ data[i + 1])] ^
      CRC16_TABLE[256 + data[i + 2]] ^
      CRC16_TABLE[data[i + 3]];
  }
  for (; i < stop; i++) crc = ((crc << 8) & 0xffff) ^ CRC16_TABLE[(crc >> 8) ^ data[i]];
  return crc;
}

/**
 * The checksum at the end of data in zlib's format.
 *
 * @param {Uint8Array} data
 */
export function adler32(data) {
  let low = 1;
  let high = 0;
  for (let start = 0; start < data.length; start += ADLER_STRETCH) {
    const stop = Math.min(start + ADLER_STRETCH, data.length);
    for (let i = start; i < stop; i++) {
      low += data[i];
      high += low;
    }
    low %= ADLER_PRIME;
    high %= ADLER_PRIME;
  }
  return high * 65536 + low;
}
