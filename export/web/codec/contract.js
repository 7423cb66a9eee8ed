/**
 * The shapes of what goes into the codec and comes out of it, as types alone.
 *
 * Everything that is not arithmetic is handed in: where files come from (`FetchFile`) and what runs
 * networks (`Runtime`). Pages hand in `fetch` and LiteRT.js, tests a folder and a function.
 */

/**
 * Returns the contents of a file of a bundle by its name, such as "manifest.json".
 *
 * @typedef {(name: string, signal?: AbortSignal) => Promise<Uint8Array>} FetchFile
 */

/**
 * An array with its shape, [1, height, width, channels]; the channel changes fastest.
 *
 * @typedef {{ data: Float32Array, shape: readonly number[] }} Tensor
 */

/**
 * A network that takes and gives one array. It must take any height and width, but for networks
 * whose manifest names a `tile`. Calls come one after the other. The input belongs to the caller
 * again as soon as the promise is settled; the output belongs to the caller at once.
 *
 * @typedef {object} Network
 * @property {(input: Float32Array, shape: readonly number[]) => Promise<Tensor>} run
 * @property {() => void} [close] gives back what the runtime holds; never called twice
 */

/**
 * What runs networks: starts the one in the bytes of a `.tflite` file.
 *
 * @typedef {object} Runtime
 * @property {(tflite: Uint8Array, name: string) => Promise<Network>} load
 */

/**
 * @typedef {object} DecodeOptions
 * @property {number} [realism] 0 for the picture nearest to the original, 1 for the most realistic
 *     one; one of the model's `realisms`, by default the highest
 * @property {number} [scale] 1; of files in layers also 2, 4 or 8, for a picture so much smaller
 * @property {number} [maxPixels] the most pixels of a picture that is decoded; by default 40
 *     million, for which memory stays below 500 MB
 * @property {AbortSignal} [signal] cancels: the call throws its reason soon afterwards
 * @property {(share: number) => void} [onProgress] told how much is done, 0..1, rising
 */

/**
 * @typedef {object} EncodeOptions
 * @property {number} [bpp] the most bits per pixel that the whole file may take
 * @property {number} [bytes] the most bytes that it may take
 * @property {number} [quality] a quality level, 0..255. Give one of the three; without any, the
 *     picture gets about 0.1 bits per pixel, alpha and metadata not counted
 * @property {Uint8Array | null} [icc] an ICC profile that fits the pixels
 * @property {Uint8Array | null} [exif] a TIFF structure, its orientation already applied
 * @property {number} [maxPixels] as in DecodeOptions
 * @property {AbortSignal} [signal] likewise
 * @property {(share: number) => void} [onProgress] likewise
 */

/**
 * Pixels, row by row, four bytes each: red, green, blue, alpha, not premultiplied.
 *
 * @typedef {object} Pixels
 * @property {number} width
 * @property {number} height
 * @property {Uint8ClampedArray | Uint8Array} rgba
 * @property {boolean} [grey] of a picture to encode: red, green and blue are equal everywhere, and
 *     the file is to say so
 */

/**
 * @typedef {object} Picture
 * @property {number} width
 * @property {number} height
 * @property {Uint8ClampedArray} rgba as in Pixels, fit for ImageData
 * @property {boolean} grey whether it is a grey picture: red, green and blue are equal
 * @property {boolean} transparent whether the file has an alpha plane
 * @property {Uint8Array | null} icc an ICC profile; without one the pixels are sRGB
 * @property {string | null} profile the name of the profile where the file names a known one
 * @property {Uint8Array | null} exif a TIFF structure
 * @property {number} quality 0..255
 * @property {number} scale 1, or how much smaller than the whole picture this is
 */

export {};
