/** The same picture in formats that every browser has, at a given number of bytes. */

const TRIES = 7; // each halves what is unknown of the quality

/**
 * The best WebP or JPEG file of at most so many bytes; the smallest that there is if all are larger.
 *
 * @param {ImageBitmap} picture
 * @param {'image/webp' | 'image/jpeg'} type
 * @param {number} bytes
 * @param {AbortSignal} signal
 * @returns {Promise<Blob | null>} null if the browser cannot write this format
 */
export async function rival(picture, type, bytes, signal) {
  const canvas = document.createElement('canvas');
  canvas.width = picture.width;
  canvas.height = picture.height;
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')).drawImage(picture, 0, 0);
  let best = await written(canvas, type, 0);
  if (best?.type !== type) return null;
  let least = 0;
  let most = 1;
  for (let i = 0; i < TRIES && best.size <= bytes; i++) {
    signal.throwIfAborted();
    const quality = (least + most) / 2;
    const file = /** @type {Blob} */ (await written(canvas, type, quality));
    if (file.size <= bytes) {
      best = file;
      least = quality;
    } else {
      most = quality;
    }
  }
  return best;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} type
 * @param {number} quality 0..1
 * @returns {Promise<Blob | null>}
 */
function written(canvas, type, quality) {
  return new Promise((resolve) => {
    canvas.toBlob(resolve, type, quality);
  });
}
