package org.tfgan.codec;

/** The alpha plane of a picture, as files hold it: as a whole, or a part in each tile. */
final class AlphaPlane {
  private static final int OPAQUE = 0xFF;

  private AlphaPlane() {}

  /**
   * The plane at the file's scale, row by row; null without transparency.
   *
   * @throws BitstreamException if it is damaged
   */
  static byte[] decode(TgcFile file) throws BitstreamException {
    if (!file.transparent()) {
      return null;
    }
    if (file.tiles != null) {
      return ofTiles(file);
    }
    int width = file.width;
    int height = file.height;
    byte[] plane = GreyPng.decode(file.alpha, width, height);
    for (int scale = file.scale(); scale > 1; scale /= 2) {
      plane = Pyramid.halved(plane, height, width);
      width = Pyramid.shrunk(width, 2);
      height = Pyramid.shrunk(height, 2);
    }
    return plane;
  }

  /** The plane of a picture as a PNG file; null if nothing of it is transparent. */
  static byte[] encode(PixelSource picture) {
    int width = picture.width();
    int height = picture.height();
    byte[] plane = new byte[width * height];
    int[] row = new int[width];
    boolean transparent = false;
    for (int y = 0; y < height; y++) {
      picture.get(row, 0, y, width, 1);
      for (int x = 0; x < width; x++) {
        plane[y * width + x] = (byte) (row[x] >>> 24);
        transparent |= row[x] >>> 24 != OPAQUE;
      }
    }
    return transparent ? GreyPng.encode(plane, width, height) : null;
  }

  private static byte[] ofTiles(TgcFile file) throws BitstreamException {
    byte[] plane = new byte[file.width * file.height];
    for (Tile tile : file.tiles) {
      byte[] part = GreyPng.decode(tile.alpha, tile.width, tile.height);
      for (int y = 0; y < tile.height; y++) {
        int to = (tile.top + y) * file.width + tile.left;
        System.arraycopy(part, y * tile.width, plane, to, tile.width);
      }
    }
    return plane;
  }
}
