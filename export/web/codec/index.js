/**
 * The codec as pages and workers use it: open a model, decode files, encode pictures.
 *
 *     const model = await Model.open(fetchFile, runtime);
 *     const picture = await decode(bytes, model, { realism: 1, signal, onProgress });
 *     const file = await encode({ width, height, rgba }, model, { bpp: 0.1 });
 *
 * Nothing here touches the page: it runs the same in a worker, in a window and in Node. All input
 * may come from strangers; see `errors.js` for what is thrown.
 */

export { decode } from './decode.js';
export { encode } from './encode.js';
export { BitstreamError, BundleError, ImageError, TgcError, UsageError } from './errors.js';
export { inspect } from './inspect.js';
export { Model } from './model.js';
export { zipFiles } from './archive.js';
