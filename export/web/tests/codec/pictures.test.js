import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parse } from '../../codec/container.js';
import { decodeGreyPng, encodeGreyPng } from '../../codec/grey-png.js';
import { filled } from '../../codec/hidden.js';
import { Model, decode, encode, inspect } from '../../codec/index.js';
import { fakeRuntime } from './fake-runtime.js';
import { allFiles, contents, folderFiles, models, randomNumbers } from './test-data.js';

const known = await models();
const modelOf = (path) => {
  return known[{ layers: 'layered', context: 'context' }[path.split('/')[0]] ?? 'tiny'];
};

function pictureOf(width, height, alpha = () => 255) {
  const random = randomNumbers(width * height);
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < rgba.length; i++) rgba[i] = i % 4 === 3 ? alpha(i >> 2) : 256 * random();
  return { width, height, rgba };
}

for (const { path, blob } of allFiles()) {
  test(`decodes ${path}, at all scales`, async () => {
    const { width, height, scales, grey, transparent } = inspect(blob);
    for (const scale of scales) {
      const picture = await decode(blob, modelOf(path), { scale });
      assert.deepEqual(
        [picture.width, picture.height],
        [width, height].map((x) => Math.ceil(x / scale)),
      );
      assert.equal(picture.rgba.length, 4 * picture.width * picture.height);
      assert.deepEqual([picture.grey, picture.transparent], [grey, transparent]);
      for (let i = 0; i < picture.rgba.length; i += 4) {
        const [red, green, blue, alpha] = picture.rgba.subarray(i, i + 4);
        if (grey) assert.ok(red === green && green === blue);
        if (!transparent) assert.equal(alpha, 255);
      }
    }
  });
}

test('metadata and transparency come with the picture, and go into files', async () => {
  const annotated = await decode(contents('golden/profile-exif.tgc'), known.tiny);
  assert.ok(annotated.icc.length > 100 && annotated.exif.length > 8);
  const picture = pictureOf(40, 30, (i) => i % 256);
  const { icc, exif } = annotated;
  const again = await decode(
    await encode(picture, known.tiny, { icc, exif, quality: 90 }),
    known.tiny,
  );
  assert.deepEqual([again.icc, again.exif, again.transparent], [icc, exif, true]);
  assert.deepEqual(
    again.rgba.filter((_, i) => i % 4 === 3),
    picture.rgba.filter((_, i) => i % 4 === 3),
  );
});

test('files keep to what was asked for', async () => {
  const picture = pictureOf(300, 200);
  for (const bytes of [3000, 6000]) {
    const file = await encode(picture, known.tiny, { bytes });
    assert.ok(file.length <= bytes && file.length > 0.9 * bytes, `${file.length} of ${bytes}`);
  }
  const bpp = 1;
  assert.ok((await encode(picture, known.tiny, { bpp })).length <= (bpp * 300 * 200) / 8);
  const asked = await encode(picture, known.tiny, { quality: 33 });
  assert.equal(inspect(asked).quality, 33);
  await assert.rejects(encode(picture, known.tiny, { bytes: 20 }), {
    kind: 'usage',
    message: /^20 bytes are too few; the smallest file has \d+ bytes/,
  });
});

test('requests and pictures that make no sense', async () => {
  const picture = pictureOf(20, 20);
  for (const options of [
    { bpp: 1, bytes: 500 },
    { quality: 256 },
    { quality: -1 },
    { quality: 1.5 },
    { bpp: 0 },
    { bpp: NaN },
    { bytes: 0 },
  ]) {
    await assert.rejects(encode(picture, known.tiny, options), { kind: 'usage' });
  }
  for (const change of [{ width: 21 }, { height: 0 }, { width: 0.5, height: 800 }]) {
    await assert.rejects(encode({ ...picture, ...change }, known.tiny), { kind: 'image' });
  }
  await assert.rejects(
    encode(picture, known.tiny, { maxPixels: 10, quality: 1 }).then(() => {
      return encode(pictureOf(80, 70), known.tiny, { maxPixels: 5000 });
    }),
    { kind: 'image', message: /80x70 pixels is above the limit of 5000/ },
  );
});

test('a decoder, scale or model that is not there', async () => {
  const blob = contents('golden/high.tgc');
  await assert.rejects(decode(blob, known.tiny, { realism: 0.5 }), {
    kind: 'usage',
    message: 'tiny has no decoder of realism 0.5; it has: 0, 1',
  });
  await assert.rejects(decode(blob, known.tiny, { scale: 2 }), { kind: 'usage' });
  await assert.rejects(decode(blob, known.context), {
    kind: 'bitstream',
    message: /made with model 016a4d/,
  });
  await assert.rejects(decode(blob, known.tiny, { maxPixels: 5000 }), { kind: 'image' });
});

test('the most realistic decoder is the default; networks are fetched when needed', async () => {
  const [fetched, calls] = [[], []];
  const files = folderFiles('tiny');
  const fetchFile = (name) => {
    fetched.push(name);
    return files(name);
  };
  const model = await Model.open(
    fetchFile,
    fakeRuntime((call) => calls.push(call.kind)),
  );
  assert.deepEqual(model.realisms, [0, 1]);
  assert.deepEqual(fetched.sort(), ['gains.npz', 'manifest.json', 'normative.npz']);
  await decode(contents('golden/high.tgc'), model);
  await decode(contents('golden/low.tgc'), model);
  assert.deepEqual(fetched.slice(3).sort(), ['mean.tflite', 'synthesis-1.tflite']);
  assert.deepEqual(calls, ['mean', 'synthesis', 'mean', 'synthesis']);
});

test('a damaged network is refused, and tried again the next time', async () => {
  const files = folderFiles('tiny');
  let damaged = true;
  const model = await Model.open(async (name) => {
    const data = await files(name);
    if (damaged && name === 'mean.tflite') data[100] ^= 1;
    return data;
  }, fakeRuntime());
  const blob = contents('golden/high.tgc');
  await assert.rejects(decode(blob, model), { kind: 'bundle', message: /mean.tflite is damaged/ });
  damaged = false;
  await decode(blob, model);
});

test('progress rises from 0 to 1', async () => {
  for (const { path, blob } of allFiles()) {
    const shares = [];
    await decode(blob, modelOf(path), { onProgress: (share) => shares.push(share) });
    assert.deepEqual(
      shares,
      shares.slice().sort((a, b) => a - b),
      path,
    );
    assert.deepEqual([shares[0], shares.at(-1)], [0, 1], path);
  }
});

test('an aborted signal stops the work with its reason, soon', async () => {
  const reason = new Error('enough');
  await assert.rejects(
    decode(contents('golden/high.tgc'), known.tiny, { signal: AbortSignal.abort(reason) }),
    reason,
  );
  const small = (await models({ maxCells: 64 })).tiny;
  const picture = pictureOf(1500, 1000);
  const file = await encode(picture, small, { quality: 0 });
  for (const work of [
    (signal) => encode(picture, small, { bpp: 0.5, signal }),
    (signal) => decode(file, small, { signal }),
  ]) {
    const controller = new AbortController();
    const running = work(controller.signal);
    let stopped = 0;
    setTimeout(() => {
      stopped = performance.now();
      controller.abort(reason);
    }, 1);
    await assert.rejects(running, reason);
    assert.ok(stopped > 0 && performance.now() - stopped < 1000);
  }
});

test('grey PNG files, all filters', async () => {
  const random = randomNumbers(9);
  for (const [width, height] of [
    [1, 1],
    [7, 3],
    [64, 65],
  ]) {
    const plane = Uint8Array.from({ length: width * height }, () => 256 * random() ** 3);
    const png = await encodeGreyPng(plane, width, height);
    assert.deepEqual(await decodeGreyPng(png, width, height), plane);
    await assert.rejects(decodeGreyPng(png, width + 1, height), { kind: 'bitstream' });
    for (let i = 0; i < png.length; i++) {
      const damaged = png.slice();
      damaged[i] ^= 0x55;
      await assert.rejects(decodeGreyPng(damaged, width, height), { kind: 'bitstream' });
      await assert.rejects(decodeGreyPng(png.subarray(0, i), width, height), { kind: 'bitstream' });
    }
  }
});

test('alpha planes that are none', async () => {
  const { header } = parse(contents('golden/alpha.tgc'));
  const { alpha, width, height } = header;
  const small = await encodeGreyPng(new Uint8Array(16), 4, 4);
  for (const bad of [new Uint8Array(0), Uint8Array.of(1, 2), small, alpha.subarray(0, -1)]) {
    await assert.rejects(decodeGreyPng(bad, width, height), { kind: 'bitstream' });
  }
});

test('hidden pixels go on from those that are seen', () => {
  const { rgba } = pictureOf(4, 2, () => 255);
  assert.equal(filled(rgba, 4, 2), rgba);
  const hidden = rgba.map((value, i) => (i % 4 === 3 ? 0 : value));
  const none = filled(hidden, 4, 2);
  assert.ok(none.every((value, i) => value === (i % 4 === 3 ? 0 : 128)));
  const one = hidden.slice();
  one.set([10, 20, 30, 1], 4); // the only pixel that is seen: its colour fills all
  const smooth = filled(one, 4, 2);
  for (let i = 0; i < 8; i++)
    assert.deepEqual([...smooth.subarray(4 * i, 4 * i + 3)], [10, 20, 30]);
  assert.equal(smooth[7], 1);
});
