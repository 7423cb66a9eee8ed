package org.tfgan.codec;

import java.lang.reflect.Array;

/**
 * The symbols of all tiles put together to those of the whole picture, over which networks run:
 * pixels know no tiles.
 */
final class TileSymbols {
  private TileSymbols() {}

  /**
   * Reads the symbols of tiles.
   *
   * @param height of the picture's latents
   * @throws BitstreamException if a tile is damaged
   * @throws ImageException if the picture is too large for this device
   */
  static Symbols decode(SymbolCoder coder, Tile[] tiles, int height, int width)
      throws BitstreamException, ImageException {
    coder.checkMemory(height, width);
    for (Tile tile : tiles) { // of all, before any work
      coder.checkLength(tile.stream, Bundle.latents(tile.height), Bundle.latents(tile.width));
    }
    Symbols whole = coder.empty(height, width);
    for (Tile tile : tiles) {
      Symbols part =
          coder.decode(tile.stream, Bundle.latents(tile.height), Bundle.latents(tile.width));
      int top = tile.top / Bundle.STRIDE;
      int left = tile.left / Bundle.STRIDE * part.channels;
      int row = part.width * part.channels;
      paste(part.residuals, row, whole.residuals, whole.width * whole.channels, top, left);
      paste(part.indexes, row, whole.indexes, whole.width * whole.channels, top, left);
      int each = part.z.length / (part.hyperHeight * part.hyperWidth);
      int cell = Bundle.STRIDE * Normative.HYPER_STRIDE;
      paste(
          part.z,
          part.hyperWidth * each,
          whole.z,
          whole.hyperWidth * each,
          tile.top / cell,
          tile.left / cell * each);
    }
    return whole;
  }

  /** Copies rows of {@code length} to a place among longer ones; both are arrays of one type. */
  private static void paste(
      Object part, int length, Object whole, int stride, int top, int left) {
    int rows = Array.getLength(part) / length;
    for (int y = 0; y < rows; y++) {
      System.arraycopy(part, y * length, whole, (top + y) * stride + left, length);
    }
  }
}
