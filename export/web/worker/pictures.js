/** Between the codec's pixels and the browser's pictures. */

import { pngFile } from './png.js';

/**
 * Makes of a decoded picture what was asked for.
 *
 * @param {import('../codec/contract.js').Picture} picture
 * @param {'bitmap' | 'pixels' | 'png'} form
 * @returns {Promise<[ImageBitmap | ImageData | Blob, Transferable[]]>} and what moves with it
 */
export async function made(picture, form) {
  if (form === 'png') return [await pngFile(picture), []];
  const pixels = new ImageData(picture.rgba, picture.width, picture.height);
  if (form === 'pixels') return [pixels, [pixels.data.buffer]];
  // The browser converts colours when it opens a file that has a profile.
  const source = picture.icc ? await pngFile(picture) : pixels;
  const bitmap = await createImageBitmap(source, { premultiplyAlpha: 'default' });
  return [bitmap, [bitmap]];
}

/**
 * The pixels of a picture that the page gave, as sRGB.
 *
 * @param {ImageBitmap | ImageData | Blob} picture
 * @returns {Promise<import('../codec/contract.js').Pixels>}
 */
export async function pixelsOf(picture) {
  if (picture instanceof ImageData) {
    const { width, height, data } = picture;
    return { width, height, rgba: data };
  }
  const bitmap = picture instanceof Blob ? await createImageBitmap(picture) : picture;
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
    canvas.getContext('2d', { willReadFrequently: true })
  );
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, rgba: data };
}
