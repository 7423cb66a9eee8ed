package org.tfgan.codec;

import java.util.Arrays;
import java.util.List;

/**
 * The integer layers that predict a latent from those before it ("Context model" of the format).
 */
final class ContextModel {
  static final int FRACTIONS = 8;

  /** The mean layer gives 0..2047, for -128 to 127 7/8. */
  static final int MEAN_ZERO = 1024;

  /** Magnitude of latents as the convolution sees them. */
  static final int MAX_CONTEXT = 127;

  static final int MAX_MEAN = 2 * MEAN_ZERO - 1;
  static final int MAX_INDEX = 63;
  private static final int MAX_SIDE = 31;
  private static final int MAX_JOINT = 16;

  /** Of the latents (0 row, 1 column, 2 channel), slowest to fastest. */
  final int[] axes;

  /** The kernel's size along the axes. */
  final int[] kernel;

  /** Rows of the kernel up to the one through its middle: what comes after is 0. */
  final int lines;

  /** Takes the contexts of latents, side by side. */
  final IntegerConv convolution;

  final List<IntegerConv> joint;
  final IntegerConv table;
  final IntegerConv mean;

  /** Features that each latent gets from the hyper-latents. */
  final int hyperFeatures;

  /**
   * @param kernel sizes of the context kernel along the axes
   * @param convolution made by {@link #seen} of the context kernel
   * @param joint 1x1 layers on the features of a latent
   * @param table 1x1 layer with one output, the table index
   * @param mean 1x1 layer with one output, the mean in eighths plus {@link #MEAN_ZERO}
   */
  ContextModel(
      int[] axes,
      int[] kernel,
      IntegerConv convolution,
      List<IntegerConv> joint,
      IntegerConv table,
      IntegerConv mean)
      throws BundleException {
    int[] sorted = axes.clone();
    Arrays.sort(sorted);
    if (!Arrays.equals(sorted, new int[] {0, 1, 2})) {
      throw new BundleException(
          "the context model has axes " + Arrays.toString(axes) + ": export the bundle again");
    }
    if (joint.size() > MAX_JOINT) {
      throw new BundleException("the context model has more than " + MAX_JOINT + " joint layers");
    }
    this.axes = axes;
    this.kernel = kernel;
    lines = seenLines(kernel);
    this.convolution = convolution;
    this.joint = joint;
    this.table = table;
    this.mean = mean;
    hyperFeatures = (joint.isEmpty() ? table : joint.get(0)).inputs - convolution.outputs;
    int channels = convolution.outputs + hyperFeatures;
    for (IntegerConv layer : joint) {
      requirePointwise(layer, channels);
      channels = layer.outputs;
    }
    for (IntegerConv layer : new IntegerConv[] {table, mean}) {
      requirePointwise(layer, channels);
      if (layer.outputs != 1) {
        throw new BundleException("a context model's layer has several outputs: export again");
      }
    }
    if (hyperFeatures < 1 || convolution.upscale != 1) {
      throw new BundleException("the layers of the context model do not fit: export again");
    }
  }

  /**
   * The context convolution as one over contexts that lie side by side: its inputs are the taps of
   * the kernel, as far as they are seen.
   *
   * @param shape of the kernel: its sizes along the axes, and the number of outputs
   * @param weights in row-major order
   */
  static IntegerConv seen(int[] shape, int[] weights, int[] bias, int[] params)
      throws BundleException {
    boolean shaped = shape.length == 4 && shape[3] > 0;
    for (int i = 0; i < 3; i++) {
      shaped = shaped && shape[i] % 2 == 1 && shape[i] <= MAX_SIDE;
    }
    if (!shaped) {
      throw new BundleException(
          "the context kernel is " + Arrays.toString(shape) + ": export the bundle again");
    }
    int middle = (shape[0] * shape[1] * shape[2] - 1) / 2 * shape[3];
    for (int i = middle; i < weights.length; i++) {
      if (weights[i] != 0) {
        throw new BundleException("the context model looks ahead: export the bundle again");
      }
    }
    int taps = seenLines(shape) * shape[2];
    int[] kernel = Arrays.copyOf(weights, taps * shape[3]);
    int[] pointwise = {1, 1, taps, shape[3]};
    int most = IntegerConv.MAX_ACTIVATION;
    return new IntegerConv(pointwise, kernel, bias, params, MAX_CONTEXT, most);
  }

  private static int seenLines(int[] kernel) {
    return kernel[0] * kernel[1] / 2 + 1;
  }

  private static void requirePointwise(IntegerConv layer, int channels) throws BundleException {
    boolean pointwise = layer.reachY == 0 && layer.reachX == 0 && layer.upscale == 1;
    if (!pointwise || layer.inputs != channels) {
      throw new BundleException("the layers of the context model do not fit: export again");
    }
  }
}
