package org.tfgan.codec;

/** The symbols of a file of one stream, or of one in tiles. */
final class HyperpriorSymbols extends PictureSymbols {
  final Symbols symbols;
  private final Bundle bundle;
  private final int quality;

  private HyperpriorSymbols(Bundle bundle, Symbols symbols, int quality) {
    this.bundle = bundle;
    this.symbols = symbols;
    this.quality = quality;
  }

  static HyperpriorSymbols decode(Bundle bundle, TgcFile file)
      throws BitstreamException, ImageException {
    int height = Bundle.latents(file.height);
    int width = Bundle.latents(file.width);
    Symbols symbols =
        file.tiles == null
            ? bundle.coder.decode(file.streams[0], height, width)
            : TileSymbols.decode(bundle.coder, file.tiles, height, width);
    return new HyperpriorSymbols(bundle, symbols, file.quality);
  }

  @Override
  void synthesize(Networks networks, double realism, GridSink sink) throws TgcException {
    GridSource latents = new DecodedLatents(bundle, networks, symbols, quality);
    networks.run(bundle, NetworkKind.SYNTHESIS, realism, latents, sink);
  }
}
