package org.tfgan.codec;

import java.io.Closeable;
import java.util.HashMap;
import java.util.Map;

/**
 * The networks of a model on a runtime: started when first used, run in windows small enough for
 * the device. Not for several threads at once.
 */
public final class Networks implements Closeable {
  private final NetworkFactory factory;
  private final int maxCells;
  private final Map<BundlePart, Network> started = new HashMap<>();

  /**
   * @param maxCells the largest window, in cells: 16x16 pixels for analysis and synthesis. It
   *     decides how much memory networks take.
   */
  public Networks(NetworkFactory factory, int maxCells) {
    this.factory = factory;
    this.maxCells = maxCells;
  }

  @Override
  public void close() {
    for (Network network : started.values()) {
      network.close();
    }
    started.clear();
  }

  /**
   * Runs a network over a whole array. Except for float rounding the result does not depend on the
   * windows: a window touches the border of the array only where the array ends, so that the zeros
   * convolutions see there are the same too.
   */
  void run(Bundle bundle, NetworkKind kind, double realism, GridSource source, GridSink sink)
      throws TgcException {
    BundlePart part = bundle.part(kind, realism);
    int height = source.height() / kind.cell;
    int width = source.width() / kind.cell;
    for (Window window : Window.cover(height, width, part.haloCells(), maxCells)) {
      FloatGrid input =
          source.window(
              window.rows.start * kind.cell,
              window.columns.start * kind.cell,
              window.height() * kind.cell,
              window.width() * kind.cell);
      FloatGrid kept =
          checked(bundle, part, window, network(bundle, part).run(input))
              .crop(
                  (window.rows.keepStart - window.rows.start) * kind.out,
                  (window.columns.keepStart - window.columns.start) * kind.out,
                  (window.rows.keepStop - window.rows.keepStart) * kind.out,
                  (window.columns.keepStop - window.columns.keepStart) * kind.out);
      sink.put(kept, window.rows.keepStart * kind.out, window.columns.keepStart * kind.out);
    }
  }

  private Network network(Bundle bundle, BundlePart part) throws BundleException {
    Network network = started.get(part);
    if (network == null) {
      network = factory.start(bundle.name + "/" + part.kind.key, part.tflite);
      started.put(part, network);
    }
    return network;
  }

  /** The output, if it has the size that the format says it has. */
  private static FloatGrid checked(
      Bundle bundle, BundlePart part, Window window, FloatGrid output) throws BundleException {
    int channels = outputChannels(bundle, part.kind);
    if (output.height != window.height() * part.kind.out
        || output.width != window.width() * part.kind.out
        || output.channels != channels) {
      throw new BundleException(
          String.format(
              "the network %s/%s gave [%d, %d, %d]; export the bundle again",
              bundle.name, part.kind.key, output.height, output.width, output.channels));
    }
    return output;
  }

  private static int outputChannels(Bundle bundle, NetworkKind kind) {
    switch (kind) {
      case HYPER_ANALYSIS:
        return bundle.hyperChannels;
      case SYNTHESIS:
        return 3;
      default:
        return bundle.channels;
    }
  }
}
