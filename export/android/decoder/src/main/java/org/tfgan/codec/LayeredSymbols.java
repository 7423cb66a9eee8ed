package org.tfgan.codec;

import java.util.List;

/**
 * The symbols of a file in layers, coarse to fine. The decoder of each layer but the first gives
 * what the doubled picture of those before lacks.
 */
final class LayeredSymbols extends PictureSymbols {
  /** Of each layer that was read. */
  final Symbols[] layers;

  private final List<Bundle> bundles;

  private LayeredSymbols(List<Bundle> bundles, Symbols[] layers) {
    this.bundles = bundles;
    this.layers = layers;
  }

  static LayeredSymbols decode(List<Bundle> bundles, TgcFile file)
      throws BitstreamException, ImageException {
    Symbols[] layers = new Symbols[file.streams.length];
    int[][] sizes = new int[layers.length][];
    for (int i = 0; i < layers.length; i++) { // of all, before any work
      sizes[i] = new int[] {latents(file, i, file.height), latents(file, i, file.width)};
      bundles.get(i).coder.checkLength(file.streams[i], sizes[i][0], sizes[i][1]);
    }
    for (int i = 0; i < layers.length; i++) {
      layers[i] = bundles.get(i).coder.decode(file.streams[i], sizes[i][0], sizes[i][1]);
    }
    return new LayeredSymbols(bundles, layers);
  }

  @Override
  void synthesize(Networks networks, double realism, GridSink sink) throws TgcException {
    FloatGrid coarser = null;
    for (int i = 0; i < layers.length; i++) {
      Bundle bundle = bundles.get(i);
      FloatGrid whole =
          i == layers.length - 1
              ? null
              : new FloatGrid(
                  layers[i].height * Bundle.STRIDE, layers[i].width * Bundle.STRIDE, 3);
      GridSource latents = new DecodedLatents(bundle, networks, layers[i], 0);
      GridSink paste = whole == null ? sink : whole::paste;
      networks.run(bundle, NetworkKind.SYNTHESIS, realism, latents, added(coarser, paste));
      coarser = whole;
    }
  }

  /** Adds the doubled picture of the layers before to each part. */
  private static GridSink added(FloatGrid coarser, GridSink sink) {
    if (coarser == null) {
      return sink;
    }
    return (part, top, left) -> {
      FloatGrid sum = Pyramid.doubledWindow(coarser, top, left, part.height, part.width);
      for (int i = 0; i < sum.values.length; i++) {
        sum.values[i] += part.values[i];
      }
      sink.put(sum, top, left);
    };
  }

  /** A side of a layer in latents, of the whole picture's in pixels. */
  private static int latents(TgcFile file, int layer, int side) {
    return Bundle.latents(Pyramid.shrunk(side, 1 << (file.layers - 1 - layer)));
  }
}
