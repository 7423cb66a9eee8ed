package org.tfgan.codec;

/**
 * Predicts latents from those known so far and from the hyper-latents ("Context model", Model, of
 * the format). Known latents lie on a canvas padded with zeros, along the model's axes:
 *
 * <pre>
 * axis 0:  r0 zeros | n0 latents
 * axis 1:  r1 zeros | n1 latents | r1 zeros
 * axis 2:  r2 zeros | n2 latents | r2 zeros
 * </pre>
 *
 * The cell of a latent is the place where its context begins.
 */
final class Predictor {
  /** Latents predicted together. */
  static final int AT_ONCE = 4096;

  /** Sides of the grid of latents along the model's axes. */
  final int[] shape = new int[3];

  /** Of the latents predicted last: the coding table of each. */
  final int[] tables = new int[AT_ONCE];

  /** And the whole part of its mean. */
  final int[] means = new int[AT_ONCE];

  private final ContextModel model;
  private final byte[] features;
  private final short[] canvas;
  private final int row;
  private final int plane;

  /** From the cell of a latent to the latent. */
  private final int middle;

  /** From a cell to each tap of its context. */
  private final int[] taps;

  /** Steps along the model's axes in the latents' own order: row, column, channel. */
  private final int[] steps = new int[3];

  /**
   * @param features [height, width, channels, features of a latent]
   * @param size height, width and channels of the latents
   */
  Predictor(ContextModel model, byte[] features, int[] size) {
    this.model = model;
    this.features = features;
    int[] own = {size[1] * size[2], size[2], 1};
    int[] reach = new int[3];
    for (int i = 0; i < 3; i++) {
      shape[i] = size[model.axes[i]];
      steps[i] = own[model.axes[i]];
      reach[i] = model.kernel[i] / 2;
    }
    row = shape[2] + 2 * reach[2];
    plane = (shape[1] + 2 * reach[1]) * row;
    canvas = new short[(reach[0] + shape[0]) * plane];
    middle = reach[0] * plane + reach[1] * row + reach[2];
    int depths = model.kernel[2];
    taps = new int[model.lines * depths];
    for (int i = 0; i < taps.length; i++) {
      int line = i / depths;
      taps[i] = line / model.kernel[1] * plane + line % model.kernel[1] * row + i % depths;
    }
  }

  /** The place of an element among the latents [height, width, channels]. */
  int place(int line, int depth) {
    return line / shape[1] * steps[0] + line % shape[1] * steps[1] + depth * steps[2];
  }

  /** Stores a latent, clipped to what the model sees of it. */
  void put(int line, int depth, int q) {
    int clipped = Math.max(-ContextModel.MAX_CONTEXT, Math.min(q, ContextModel.MAX_CONTEXT));
    canvas[cell(line, depth) + middle] = (short) clipped;
  }

  /** Predicts {@code count} elements of a front, up to {@link #AT_ONCE}. */
  void predict(Wavefront front, int start, int count) {
    int[][] contexts = new int[taps.length][count];
    for (int i = 0; i < count; i++) {
      int cell = cell(front.line(start + i), front.depth(start + i));
      for (int tap = 0; tap < taps.length; tap++) {
        contexts[tap][i] = canvas[cell + taps[tap]];
      }
    }
    Planes all = model.convolution.apply(new Planes(1, count, count, contexts));
    int own = all.channels.length;
    int each = model.hyperFeatures;
    all = all.with(each);
    for (int i = 0; i < count; i++) {
      int from = place(front.line(start + i), front.depth(start + i)) * each;
      for (int f = 0; f < each; f++) {
        all.channels[own + f][i] = features[from + f] & 0xFF;
      }
    }
    for (IntegerConv layer : model.joint) {
      all = layer.apply(all);
    }
    int[] index = model.table.apply(all).channels[0];
    int[] mean = model.mean.apply(all).channels[0];
    for (int i = 0; i < count; i++) {
      int eighths = mean[i] - ContextModel.MEAN_ZERO;
      tables[i] = index[i] * ContextModel.FRACTIONS + (eighths & (ContextModel.FRACTIONS - 1));
      means[i] = eighths >> 3; // rounds down
    }
  }

  private int cell(int line, int depth) {
    return line / shape[1] * plane + line % shape[1] * row + depth;
  }
}
