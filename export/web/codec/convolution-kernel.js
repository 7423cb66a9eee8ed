/**
 * The inner loops of integer convolutions, once as plain JavaScript, once as a WebAssembly function
 * with vectors of 16-bit numbers that is put together here, for it takes eight products at a time.
 * Both give the same integers: weights and inputs fit 16 bits, sums 32 ("Integer scale decoder" of
 * the format bounds them by 2^20).
 */

/** Outputs that are computed together. Their number is filled up to a multiple of this. */
export const BLOCK = 16;
const PAGE = 65536; // bytes of WebAssembly memory
/** Bytes that loops may read or write beyond an array: those of one more position. */
const SLACK = 1 << 16;

/**
 * Where the arrays of a convolution lie in memory, in bytes, and what it does.
 *
 * @typedef {object} Task
 * @property {number} src input, 16 bits, [height + kernelHeight - 1] rows of rowBytes
 * @property {number} rowBytes
 * @property {number} cellBytes from one position of the input to the next, a multiple of 4
 * @property {number} weights 16 bits, [blocks, kernelHeight, pairs, BLOCK, 2]
 * @property {number} bias 32 bits, [blocks, BLOCK], half of the divisor added
 * @property {number} dst output, 16 bits, [height, width, blocks * BLOCK]
 * @property {number} height
 * @property {number} width
 * @property {number} kernelHeight
 * @property {number} pairs pairs of neighbouring inputs under a row of the kernel
 * @property {number} blocks
 * @property {number} shift
 * @property {number} maximum
 */

/** @typedef {(task: Task) => void} Convolve */

/** Runs convolutions in a memory of its own, which grows as needed. */
export class ConvolutionKernel {
  /** @param {boolean} vectors whether to use WebAssembly where it is there */
  constructor(vectors = true) {
    const compiled = vectors ? compile() : null;
    this.vectors = compiled !== null;
    this.memory = compiled ? compiled.memory : { buffer: new ArrayBuffer(PAGE) };
    /** @type {Convolve} */
    this.run = compiled ? compiled.convolve : (task) => convolve(this.memory.buffer, task);
  }

  /**
   * Makes the memory at least `bytes` long; returns views of all of it.
   *
   * @param {number} bytes
   */
  reserve(bytes) {
    const missing = bytes + SLACK - this.memory.buffer.byteLength;
    if (missing > 0) {
      if (this.memory instanceof WebAssembly.Memory) this.memory.grow(Math.ceil(missing / PAGE));
      else this.memory.buffer = new ArrayBuffer(bytes + SLACK);
    }
    return {
      words: new Int16Array(this.memory.buffer),
      longs: new Int32Array(this.memory.buffer),
    };
  }
}

/** @type {ConvolutionKernel | null} */
let common = null;

/** The kernel that everything on this thread shares. */
export function sharedKernel() {
  common ??= new ConvolutionKernel();
  return common;
}

/**
 * The definition, in plain JavaScript.
 *
 * @param {ArrayBuffer} buffer
 * @param {Task} task
 */
function convolve(buffer, task) {
  const { height, width, kernelHeight, pairs, blocks, shift, maximum } = task;
  const words = new Int16Array(buffer);
  const bias = new Int32Array(buffer, task.bias, blocks * BLOCK);
  const row = task.rowBytes / 2;
  const cell = task.cellBytes / 2;
  const sums = new Int32Array(BLOCK);
  for (let block = 0; block < blocks; block++) {
    const weights = task.weights / 2 + block * kernelHeight * pairs * BLOCK * 2;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let k = 0; k < BLOCK; k++) sums[k] = bias[block * BLOCK + k];
        let w = weights;
        for (let i = 0; i < kernelHeight; i++) {
          let from = task.src / 2 + (y + i) * row + x * cell;
          for (let pair = 0; pair < pairs; pair++, from += 2) {
            const first = words[from];
            const second = words[from + 1];
            for (let k = 0; k < BLOCK; k++, w += 2) {
              sums[k] += first * words[w] + second * words[w + 1];
            }
          }
        }
        const to = task.dst / 2 + ((y * width + x) * blocks + block) * BLOCK;
        for (let k = 0; k < BLOCK; k++) {
          words[to + k] = Math.min(Math.max(sums[k] >> shift, 0), maximum);
        }
      }
    }
  }
}

/** Returns the vector form and its memory; null where there is no WebAssembly with vectors. */
function compile() {
  try {
    const memory = new WebAssembly.Memory({ initial: 2 });
    const module = new WebAssembly.Module(assemble());
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    const call = /** @type {(...values: number[]) => void} */ (instance.exports.convolve);
    /** @type {Convolve} */
    const convolve = (task) => call(...PARAMETERS.map((name) => task[name]));
    return { memory, convolve };
  } catch {
    return null;
  }
}

/** @type {(keyof Task)[]} in the order of the function's locals */
const PARAMETERS = [
  'src', 'rowBytes', 'cellBytes', 'weights', 'bias', 'dst', 'height', 'width', 'kernelHeight',
  'pairs', 'blocks', 'shift', 'maximum',
];
const NUMBERS = ['row', 'x', 'y', 'i', 'pair', 'at', 'w', 'stride', 'skip', 'out', 'outRow'];
const LANES = 4; // 32-bit numbers in a vector; four vectors are the sums of a block
const VECTORS = ['a', 'b', 'limit', 'zero'];
for (let v = 0; v < BLOCK / LANES; v++) VECTORS.push(`a${v}`, `b${v}`);
const LOCALS = [...PARAMETERS, ...NUMBERS, ...VECTORS];

/**
 * The module: `convolve` as above, but for two neighbouring positions a and b at once. Where the
 * width is odd, the last b is one position too many; what it writes is overwritten by the next row,
 * or lies in the slack behind the array.
 */
function assemble() {
  const I32 = 0x7f;
  const V128 = 0x7b;
  const code = [
    ...set('zero', splat(number(0))),
    ...set('limit', splat(get('maximum'))),
    ...set('stride', multiply(get('blocks'), number(2 * BLOCK))),
    ...set('skip', subtract(get('rowBytes'), multiply(get('pairs'), number(4)))),
    ...countDown('blocks', [
      ...set('row', get('src')),
      ...set('outRow', get('dst')),
      ...set('y', get('height')),
      ...countDown('y', [
        ...set('x', number(0)),
        ...set('out', get('outRow')),
        ...loop([
          ...positions(),
          ...set('out', add(get('out'), multiply(get('stride'), number(2)))),
          ...set('x', add(get('x'), number(2))),
          ...less(get('x'), get('width')),
        ]),
        ...set('row', add(get('row'), get('rowBytes'))),
        ...set('outRow', add(get('outRow'), multiply(get('stride'), get('width')))),
      ]),
      // The next block: its weights follow, and the outputs of a position lie side by side.
      ...set('weights', get('w')),
      ...set('bias', add(get('bias'), number(4 * BLOCK))),
      ...set('dst', add(get('dst'), number(2 * BLOCK))),
    ]),
  ];
  const locals = [2, ...leb(NUMBERS.length), I32, ...leb(VECTORS.length), V128];
  const body = [...locals, ...code, 0x0b];
  const type = [0x60, ...leb(PARAMETERS.length), ...PARAMETERS.map(() => I32), 0];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, ...type]),
    ...section(2, [1, ...name('env'), ...name('memory'), 0x02, 0x00, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name('convolve'), 0x00, 0]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}

/** Computes one block of outputs of the positions x and x + 1, and stores it. */
function positions() {
  const code = [
    ...set('at', add(get('row'), multiply(get('x'), get('cellBytes')))),
    ...set('w', get('weights')),
    ...set('i', get('kernelHeight')),
  ];
  for (let v = 0; v < BLOCK / LANES; v++) {
    code.push(...set(`a${v}`, load(get('bias'), 16 * v)), ...set(`b${v}`, get(`a${v}`)));
  }
  const products = [
    ...set('a', loadSplat(get('at'))),
    ...set('b', loadSplat(add(get('at'), get('cellBytes')))),
  ];
  for (let v = 0; v < BLOCK / LANES; v++) {
    for (const p of ['a', 'b']) {
      const product = [...get(p), ...load(get('w'), 16 * v), ...simd(0xba)]; // dot_i16x8_s
      products.push(...set(`${p}${v}`, [...get(`${p}${v}`), ...product, ...simd(0xae)])); // add
    }
  }
  products.push(...set('at', add(get('at'), number(4))), ...set('w', add(get('w'), number(64))));
  const lines = countDown('pair', products);
  code.push(
    ...countDown('i', [
      ...set('pair', get('pairs')),
      ...lines,
      ...set('at', add(get('at'), get('skip'))),
    ]),
  );
  for (const p of ['a', 'b']) {
    const to = p === 'a' ? get('out') : add(get('out'), get('stride'));
    for (let v = 0; v < BLOCK / LANES; v += 2) {
      const halves = [...clipped(`${p}${v}`), ...clipped(`${p}${v + 1}`), ...simd(0x85)]; // narrow
      code.push(...to, ...halves, ...simd(0x0b), 0, ...leb(16 * (v / 2)));
    }
  }
  // `out` walks over positions; `dst` over blocks, and `outRow` follows it.
  return code;
}

/** @param {string} sums */
function clipped(sums) {
  const shifted = [...get(sums), ...get('shift'), ...simd(0xac)]; // shr_s
  return [...shifted, ...get('zero'), ...simd(0xb8), ...get('limit'), ...simd(0xb6)]; // max, min
}

/**
 * Repeats code as often as a local says, at least once, and counts that down to 0.
 *
 * @param {string} local
 * @param {number[]} code
 */
function countDown(local, code) {
  const left = [...subtract(get(local), number(1)), 0x22, ...leb(LOCALS.indexOf(local))]; // tee
  return loop([...code, ...left]);
}

/**
 * Repeats code as long as it leaves something other than 0.
 *
 * @param {number[]} code
 */
function loop(code) {
  return [0x03, 0x40, ...code, 0x0d, 0, 0x0b];
}

/** @param {string} local */
function get(local) {
  return [0x20, ...leb(LOCALS.indexOf(local))];
}

/**
 * @param {string} local
 * @param {number[]} value
 */
function set(local, value) {
  return [...value, 0x21, ...leb(LOCALS.indexOf(local))];
}

/** @param {number} value from 0 to 63, or a larger one in signed LEB128 */
function number(value) {
  return value < 64 ? [0x41, value] : [0x41, (value & 0x7f) | 0x80, value >> 7];
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function add(a, b) {
  return [...a, ...b, 0x6a];
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function subtract(a, b) {
  return [...a, ...b, 0x6b];
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function multiply(a, b) {
  return [...a, ...b, 0x6c];
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function less(a, b) {
  return [...a, ...b, 0x48];
}

/** @param {number[]} value */
function splat(value) {
  return [...value, ...simd(0x11)];
}

/**
 * A vector from memory.
 *
 * @param {number[]} address
 * @param {number} offset
 */
function load(address, offset) {
  return [...address, ...simd(0x00), 0, ...leb(offset)];
}

/**
 * Two neighbouring 16-bit numbers from memory, in all four places of a vector.
 *
 * @param {number[]} address
 */
function loadSplat(address) {
  return [...address, ...simd(0x09), 0, 0];
}

/** @param {number} code of a vector instruction */
function simd(code) {
  return [0xfd, ...leb(code)];
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

/** @param {number} value */
function leb(value) {
  const bytes = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}
