/**
 * Gives a network in a `.tflite` file another height and width.
 *
 * The files of a bundle store one shape and leave it to the runtime to resize; LiteRT.js runs a
 * network in the shape that its file says and in no other. So the file is rewritten: all arrays
 * between its layers, whose heights and widths keep their ratio to those of the input. That holds
 * for every network of a bundle, since each output of it depends on a bounded stretch of the input.
 * A file is a FlatBuffer of the schema `tflite/schema.fbs`; only the few fields used here are read.
 */

import { FlatBuffer } from './flatbuffer.js';

// Fields of the schema's tables, by their place.
const MODEL = { subgraphs: 2 };
const SUBGRAPH = { tensors: 0, inputs: 1, operators: 3 };
const TENSOR = { shape: 0, signature: 7 };
const OPERATOR = { inputs: 1, outputs: 2 };

/**
 * Returns the file with the height and width of `shape` in place of the stored ones.
 *
 * @param {Uint8Array} tflite
 * @param {readonly number[]} shape of the input, [1, height, width, channels]
 * @returns {Uint8Array} a copy; the file itself where it has this shape
 */
export function reshaped(tflite, shape) {
  const stored = inputShape(tflite);
  if (stored.length !== 4 || shape.length !== 4 || stored[3] !== shape[3]) {
    throw new RangeError(`a network for ${stored.join(' x ')} cannot take ${shape.join(' x ')}`);
  }
  if (stored.every((side, i) => side === shape[i])) return tflite;
  const file = new FlatBuffer(tflite.slice());
  const graph = subgraph(file);
  const tensors = file.tables(graph, SUBGRAPH.tensors);
  for (const index of variables(file, graph)) {
    for (const field of [TENSOR.shape, TENSOR.signature]) {
      const sides = file.vector(tensors[index], field);
      if (file.length(sides) === 4) scale(file, sides, stored, shape);
    }
  }
  return file.bytes;
}

/**
 * The shape of the input that a file stores.
 *
 * @param {Uint8Array} tflite
 * @returns {number[]}
 */
export function inputShape(tflite) {
  const file = new FlatBuffer(tflite);
  const graph = subgraph(file);
  const [input] = file.ints(graph, SUBGRAPH.inputs);
  return file.ints(file.tables(graph, SUBGRAPH.tensors)[input], TENSOR.shape);
}

/** @param {FlatBuffer} file */
function subgraph(file) {
  return file.tables(file.root(), MODEL.subgraphs)[0];
}

/**
 * The numbers of the arrays that depend on the input. Others are weights, or made of weights alone,
 * as when they are stored in half precision.
 *
 * @param {FlatBuffer} file
 * @param {number} graph
 */
function variables(file, graph) {
  const found = new Set(file.ints(graph, SUBGRAPH.inputs));
  for (const operator of file.tables(graph, SUBGRAPH.operators)) {
    if (!file.ints(operator, OPERATOR.inputs).some((index) => found.has(index))) continue;
    for (const index of file.ints(operator, OPERATOR.outputs)) found.add(index);
  }
  return found;
}

/**
 * @param {FlatBuffer} file
 * @param {number} sides a stored shape
 * @param {readonly number[]} from shape of the input, as stored
 * @param {readonly number[]} to shape of the input, as wanted
 */
function scale(file, sides, from, to) {
  for (const axis of [1, 2]) {
    const side = file.int(sides, axis);
    if (side < 0) continue; // a signature that leaves this side open
    const scaled = (side * to[axis]) / from[axis];
    if (!Number.isInteger(scaled)) {
      throw new RangeError(`no shape for a layer of ${side} at an input of ${to[axis]}`);
    }
    file.setInt(sides, axis, scaled);
  }
}
