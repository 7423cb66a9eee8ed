package org.tfgan.codec;

/** A rectangle of hyper-latents as floats. */
final class HyperLatents implements GridSource {
  private final Symbols symbols;
  private final int firstRow;
  private final int firstColumn;
  private final int rows;
  private final int columns;

  HyperLatents(Symbols symbols, int firstRow, int firstColumn, int rows, int columns) {
    this.symbols = symbols;
    this.firstRow = firstRow;
    this.firstColumn = firstColumn;
    this.rows = rows;
    this.columns = columns;
  }

  @Override
  public int height() {
    return rows;
  }

  @Override
  public int width() {
    return columns;
  }

  @Override
  public FloatGrid window(int top, int left, int height, int width) {
    int channels = symbols.z.length / (symbols.hyperHeight * symbols.hyperWidth);
    FloatGrid result = new FloatGrid(height, width, channels);
    for (int y = 0; y < height; y++) {
      int row = (firstRow + top + y) * symbols.hyperWidth;
      int from = (row + firstColumn + left) * channels;
      int to = result.at(y, 0);
      for (int i = 0; i < width * channels; i++) {
        result.values[to + i] = symbols.z[from + i];
      }
    }
    return result;
  }
}
