/**
 * The few instructions of WebAssembly that `convolution-module.js` is put together from. An
 * expression is an array of bytes that leaves one value; a statement leaves none.
 */

export const I32 = 0x7f;
export const V128 = 0x7b;
export const END = 0x0b;

/** Codes of vector instructions. */
const SIMD = {
  load: 0x00,
  load32Splat: 0x09,
  store: 0x0b,
  splat: 0x11,
  narrow: 0x85, // two vectors of 32-bit numbers to one of 16 bits
  shiftRight: 0xac,
  add: 0xae,
  min: 0xb6,
  max: 0xb8,
  dot: 0xba, // products of 16-bit numbers, neighbours added
};

/** Reads, writes and counts down the local variables of a function, by name. */
export class Locals {
  /** @param {string[]} names in the order of their numbers, parameters first */
  constructor(names) {
    this.names = names;
  }

  /** @param {string} name */
  get(name) {
    return [0x20, ...this.#number(name)];
  }

  /**
   * @param {string} name
   * @param {number[]} value
   */
  set(name, value) {
    return [...value, 0x21, ...this.#number(name)];
  }

  /**
   * Repeats statements as often as a local says, at least once, and counts that down to 0.
   *
   * @param {string} name
   * @param {number[]} statements
   */
  countDown(name, statements) {
    const left = [...subtract(this.get(name), number(1)), 0x22, ...this.#number(name)];
    return loopWhile(statements, left);
  }

  /** @param {string} name */
  #number(name) {
    return leb(this.names.indexOf(name));
  }
}

/**
 * Runs statements, and again as long as the condition is not 0.
 *
 * @param {number[]} statements
 * @param {number[]} condition
 */
export function loopWhile(statements, condition) {
  return [0x03, 0x40, ...statements, ...condition, 0x0d, 0, END];
}

/** @param {number} value from 0 to 2^13 - 1 */
export function number(value) {
  return value < 0x40 ? [0x41, value] : [0x41, (value & 0x7f) | 0x80, value >> 7];
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
export function less(a, b) {
  return [...a, ...b, 0x48];
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
export function add(a, b) {
  return [...a, ...b, 0x6a];
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
export function subtract(a, b) {
  return [...a, ...b, 0x6b];
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
export function multiply(a, b) {
  return [...a, ...b, 0x6c];
}

/**
 * A vector instruction on what the operands leave.
 *
 * @param {'splat' | 'narrow' | 'shiftRight' | 'add' | 'min' | 'max' | 'dot'} name
 * @param {number[][]} operands
 */
export function vector(name, ...operands) {
  return [...operands.flat(), 0xfd, ...leb(SIMD[name])];
}

/**
 * Reads a vector from memory; or, as load32Splat, 32 bits that go to all four places of one.
 *
 * @param {'load' | 'load32Splat'} name
 * @param {number[]} address
 * @param {number} offset bytes added to it
 */
export function load(name, address, offset = 0) {
  return [...address, 0xfd, ...leb(SIMD[name]), 0, ...leb(offset)];
}

/**
 * Writes a vector to memory.
 *
 * @param {number[]} address
 * @param {number} offset
 * @param {number[]} value
 */
export function store(address, offset, value) {
  return [...address, ...value, 0xfd, ...leb(SIMD.store), 0, ...leb(offset)];
}

/**
 * A module of one function, which works on a memory that is handed in as env.memory.
 *
 * @param {string} exported name of the function
 * @param {number} parameters how many it has, whole numbers of 32 bits
 * @param {number[]} body declarations of locals, then statements
 */
export function moduleOf(exported, parameters, body) {
  const types = Array.from({ length: parameters }, () => I32);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, ...leb(parameters), ...types, 0]),
    ...section(2, [1, ...name('env'), ...name('memory'), 0x02, 0x00, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name(exported), 0x00, 0]),
    ...section(10, [1, ...leb(body.length + 1), ...body, END]),
  ]);
}

/** @param {string} text */
function name(text) {
  return [text.length, ...[...text].map((c) => c.charCodeAt(0))];
}

/**
 * @param {number} id
 * @param {number[]} contents
 */
function section(id, contents) {
  return [id, ...leb(contents.length), ...contents];
}

/**
 * A whole number, seven bits in a byte.
 *
 * @param {number} value
 */
export function leb(value) {
  const bytes = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}
