package org.tfgan.codec;

/** The symbols of a file of a model with a context model; there is one quality. */
final class ContextPictureSymbols extends PictureSymbols {
  final ContextSymbols symbols;
  private final Bundle bundle;

  private ContextPictureSymbols(Bundle bundle, ContextSymbols symbols) {
    this.bundle = bundle;
    this.symbols = symbols;
  }

  static ContextPictureSymbols decode(Bundle bundle, TgcFile file)
      throws BitstreamException, ImageException {
    if (file.tiles != null) {
      throw new BitstreamException(
          "files of models with a context model have no tiles: it is damaged");
    }
    int height = Bundle.latents(file.height);
    int width = Bundle.latents(file.width);
    return new ContextPictureSymbols(
        bundle, bundle.contextCoder.decode(file.streams[0], height, width));
  }

  @Override
  void synthesize(Networks networks, double realism, GridSink sink) throws TgcException {
    networks.run(bundle, NetworkKind.SYNTHESIS, realism, new ContextLatents(), sink);
  }

  /** The latents a decoder sees: those of the file, divided by the gain. */
  private final class ContextLatents implements GridSource {
    @Override
    public int height() {
      return symbols.height;
    }

    @Override
    public int width() {
      return symbols.width;
    }

    @Override
    public FloatGrid window(int top, int left, int height, int width) {
      FloatGrid result = new FloatGrid(height, width, bundle.channels);
      for (int y = 0; y < height; y++) {
        int from = ((top + y) * symbols.width + left) * bundle.channels;
        int to = result.at(y, 0);
        for (int i = 0; i < width * bundle.channels; i++) {
          result.values[to + i] = symbols.q[from + i] * bundle.inverseGain(0, i % bundle.channels);
        }
      }
      return result;
    }
  }
}
