package org.tfgan.codec;

/** The means of latents, from hyper-latents, for any window of latents. */
final class Means {
  private static final int STRIDE = NetworkKind.MEAN.out;

  private final Bundle bundle;
  private final Networks networks;
  private final Symbols symbols;
  private final int halo;

  Means(Bundle bundle, Networks networks, Symbols symbols) throws UsageException {
    this.bundle = bundle;
    this.networks = networks;
    this.symbols = symbols;
    halo = bundle.part(NetworkKind.MEAN, 0).halo;
  }

  /** mu of the latents [top, top + height) x [left, left + width). */
  FloatGrid window(int top, int left, int height, int width) throws TgcException {
    // The hyper-latents these depend on, and nothing else: large pictures come window by window.
    final int firstRow = Math.max(top / STRIDE - halo, 0);
    final int firstColumn = Math.max(left / STRIDE - halo, 0);
    final int rows = end(top + height, symbols.hyperHeight) - firstRow;
    final int columns = end(left + width, symbols.hyperWidth) - firstColumn;
    final FloatGrid[] means = new FloatGrid[1];
    networks.run(
        bundle,
        NetworkKind.MEAN,
        0,
        new HyperLatents(symbols, firstRow, firstColumn, rows, columns),
        (part, y, x) -> {
          if (means[0] == null) {
            means[0] = new FloatGrid(rows * STRIDE, columns * STRIDE, part.channels);
          }
          means[0].paste(part, y, x);
        });
    return means[0].crop(top - firstRow * STRIDE, left - firstColumn * STRIDE, height, width);
  }

  private int end(int latents, int limit) {
    return Math.min((latents + STRIDE - 1) / STRIDE + halo, limit);
  }
}
