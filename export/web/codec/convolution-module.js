/**
 * The WebAssembly form of `convolve` in `convolution-kernel.js`. It works on two neighbouring
 * positions, a and b, and on a block of outputs at once: for each pair of inputs a dot product adds
 * both to the sums of four outputs.
 *
 * Where the width is odd, the last b is one position too many: what it writes is overwritten by the
 * next row, or lies in the slack behind the array.
 */

import * as wasm from './wasm.js';

/** Outputs that are computed together. Their number is filled up to a multiple of this. */
export const BLOCK = 16;
/** Pairs of inputs that are taken in one step. Their number is filled up to a multiple of this. */
export const STEP = 4;

/** Names of the function's parameters, in order; `Task` says what they are. */
export const PARAMETERS = /** @type {const} */ ([
  'src',
  'rowBytes',
  'cellBytes',
  'weights',
  'bias',
  'dst',
  'height',
  'width',
  'kernelHeight',
  'steps',
  'blocks',
  'shift',
  'maximum',
]);

const LANES = 4; // 32-bit numbers in a vector
const SUMS = BLOCK / LANES; // vectors that hold the sums of a block
// Where reading and writing stand; counters; bytes from one position or row to the next.
const NUMBERS = ['row', 'at', 'bt', 'w', 'outRow', 'out', 'x', 'y', 'i', 'pair', 'stride', 'skip'];
const VECTORS = ['a', 'b', 'w16', 'limit', 'zero'];
for (let v = 0; v < SUMS; v++) VECTORS.push(`a${v}`, `b${v}`);

const locals = new wasm.Locals([...PARAMETERS, ...NUMBERS, ...VECTORS]);
/** @param {string} name */
const get = (name) => locals.get(name);
/**
 * @param {string} name
 * @param {number[]} value
 */
const set = (name, value) => locals.set(name, value);
/**
 * @param {string} name
 * @param {number[]} value
 */
const advance = (name, value) => set(name, wasm.add(get(name), value));

/** Returns the module's bytes; it exports `convolve`, which takes `PARAMETERS`. */
export function convolutionModule() {
  const rows = [
    ...set('x', wasm.number(0)),
    ...set('out', get('outRow')),
    ...wasm.loopWhile(
      [
        ...twoPositions(),
        ...advance('out', wasm.multiply(get('stride'), wasm.number(2))),
        ...advance('x', wasm.number(2)),
      ],
      wasm.less(get('x'), get('width')),
    ),
    ...advance('row', get('rowBytes')),
    ...advance('outRow', wasm.multiply(get('stride'), get('width'))),
  ];
  const blocks = [
    ...set('row', get('src')),
    ...set('outRow', get('dst')),
    ...set('y', get('height')),
    ...locals.countDown('y', rows),
    // The weights of the next block follow, and the blocks of a position lie side by side.
    ...set('weights', get('w')),
    ...advance('bias', wasm.number(4 * BLOCK)),
    ...advance('dst', wasm.number(2 * BLOCK)),
  ];
  const body = [
    ...[2, ...wasm.leb(NUMBERS.length), wasm.I32, ...wasm.leb(VECTORS.length), wasm.V128],
    ...set('zero', wasm.vector('splat', wasm.number(0))),
    ...set('limit', wasm.vector('splat', get('maximum'))),
    ...set('stride', wasm.multiply(get('blocks'), wasm.number(2 * BLOCK))),
    ...set(
      'skip',
      wasm.subtract(get('rowBytes'), wasm.multiply(get('steps'), wasm.number(4 * STEP))),
    ),
    ...locals.countDown('blocks', blocks),
  ];
  return wasm.moduleOf('convolve', PARAMETERS.length, body);
}

/** Computes a block of outputs of the positions x and x + 1, and stores it. */
function twoPositions() {
  const code = [
    ...set('at', wasm.add(get('row'), wasm.multiply(get('x'), get('cellBytes')))),
    ...set('bt', wasm.add(get('at'), get('cellBytes'))),
    ...set('w', get('weights')),
    ...set('i', get('kernelHeight')),
  ];
  for (let v = 0; v < SUMS; v++) {
    code.push(...set(`a${v}`, wasm.load('load', get('bias'), 16 * v)));
    code.push(...set(`b${v}`, get(`a${v}`)));
  }
  const step = [];
  for (let pair = 0; pair < STEP; pair++) {
    step.push(...set('a', wasm.load('load32Splat', get('at'), 4 * pair)));
    step.push(...set('b', wasm.load('load32Splat', get('bt'), 4 * pair)));
    for (let v = 0; v < SUMS; v++) {
      step.push(...set('w16', wasm.load('load', get('w'), 4 * BLOCK * pair + 16 * v)));
      for (const p of ['a', 'b']) {
        const products = wasm.vector('dot', get(p), get('w16'));
        step.push(...set(`${p}${v}`, wasm.vector('add', get(`${p}${v}`), products)));
      }
    }
  }
  step.push(...advance('at', wasm.number(4 * STEP)), ...advance('bt', wasm.number(4 * STEP)));
  step.push(...advance('w', wasm.number(4 * BLOCK * STEP)));
  const line = [
    ...set('pair', get('steps')),
    ...locals.countDown('pair', step),
    ...advance('at', get('skip')),
    ...advance('bt', get('skip')),
  ];
  code.push(...locals.countDown('i', line));
  for (const p of ['a', 'b']) {
    const to = p === 'a' ? get('out') : wasm.add(get('out'), get('stride'));
    for (let v = 0; v < SUMS; v += 2) {
      const both = wasm.vector('narrow', clipped(`${p}${v}`), clipped(`${p}${v + 1}`));
      code.push(...wasm.store(to, 8 * v, both));
    }
  }
  return code;
}

/** @param {string} sums */
function clipped(sums) {
  const shifted = wasm.vector('shiftRight', get(sums), get('shift'));
  return wasm.vector('min', wasm.vector('max', shifted, get('zero')), get('limit'));
}
