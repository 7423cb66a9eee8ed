/**
 * Networks that any program can compute: each output is one input, scaled and shifted. All numbers
 * are powers of two or small multiples, so that single precision holds every result exactly.
 * `tests/export/test_web_codec.py` computes the same in Python.
 */

/** For each network of the test bundles: cells in and out, output channels, scale and step. */
const KINDS = {
  analysis: { cell: 16, out: 1, channels: 12, scale: 1 / 8, shift: -8, step: 1 / 2 },
  hyper_analysis: { cell: 4, out: 1, channels: 4, scale: 1 / 4, shift: 0, step: 1 / 4 },
  mean: { cell: 1, out: 4, channels: 12, scale: 1 / 8, shift: 0, step: 1 / 8 },
  synthesis: { cell: 1, out: 16, channels: 3, scale: 4, shift: 96, step: 8 },
};

/**
 * Returns a runtime that knows networks by the names of their files.
 *
 * @param {(call: { kind: string, shape: number[] }) => void} [watch] told of each call
 */
export function fakeRuntime(watch = () => {}) {
  return {
    async load(tflite, name) {
      const kind = /\/(analysis|hyper_analysis|mean|synthesis)/.exec(name)[1];
      return {
        async run(input, shape) {
          watch({ kind, shape });
          return computed(KINDS[kind], input, shape);
        },
      };
    },
  };
}

function computed({ cell, out, channels, scale, shift, step }, input, [, height, width, depth]) {
  const [high, wide] = [(height / cell) * out, (width / cell) * out];
  const data = new Float32Array(high * wide * channels);
  for (let y = 0, to = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      const from = [y, x].map((place) => Math.floor((place * cell) / out));
      const at = (from[0] * width + from[1]) * depth;
      for (let c = 0; c < channels; c++) {
        const scaled = Math.fround(input[at + (c % depth)] * scale);
        data[to++] = scaled + (shift + (c % 5) * step);
      }
    }
  }
  return { data, shape: [1, high, wide, channels] };
}
