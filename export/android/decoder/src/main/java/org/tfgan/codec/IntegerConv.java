package org.tfgan.codec;

import java.util.Arrays;

/**
 * One layer of the {@link ScaleDecoder}: convolution in integers, rounding division by a power of
 * two, clipping, then depth-to-space.
 */
public final class IntegerConv {
  private static final int MAX_ACTIVATION = 255;
  private static final int MAX_WEIGHT = 127;
  private static final int MAX_SUM = 1 << 20;
  private static final int MAX_SHIFT = 20;

  /** Positions worked on at a time: enough for vectors, few enough for the cache. */
  private static final int TILE = 1024;

  /** Inputs added up in one pass over a tile. */
  private static final int GROUP = 4;

  final int inputs;
  final int outputs;
  final int maximum;
  final int upscale;

  /** How far the kernel reaches to each side. */
  final int reachY;

  final int reachX;

  private final int shift;
  private final int[] bias;

  /** For each output, weights in the order (row, column, input), with zeros up to a whole group. */
  private final int[][] weights;

  /**
   * @param shape of the kernel: height, width, inputs, outputs
   * @param kernel in row-major order
   * @param bias one for each output
   * @throws BundleException unless the bounds hold that make all implementations agree
   */
  public IntegerConv(int[] shape, int[] kernel, int[] bias, int shift, int maximum, int upscale)
      throws BundleException {
    check(shape, kernel, bias, shift, maximum, upscale);
    inputs = shape[2];
    outputs = shape[3];
    reachY = shape[0] / 2;
    reachX = shape[1] / 2;
    this.bias = bias.clone();
    this.shift = shift;
    this.maximum = maximum;
    this.upscale = upscale;
    int taps = shape[0] * shape[1] * inputs;
    weights = new int[outputs][(taps + GROUP - 1) / GROUP * GROUP];
    for (int tap = 0; tap < taps; tap++) {
      for (int k = 0; k < outputs; k++) {
        weights[k][tap] = kernel[tap * outputs + k];
      }
    }
    checkSums();
  }

  /** The channels this layer hands on. */
  int channels() {
    return outputs / (upscale * upscale);
  }

  Planes apply(Planes input) {
    Planes padded = input.padded(reachY, reachX);
    int positions = padded.height * padded.stride;
    int[][] result = new int[outputs][positions];
    int[][] sums = new int[outputs][TILE];
    int[][] group = new int[GROUP][TILE];
    for (int at = 0; at < positions; at += TILE) {
      int count = Math.min(TILE, positions - at);
      for (int k = 0; k < outputs; k++) {
        // Half of the divisor makes the shift in requantise round.
        Arrays.fill(sums[k], bias[k] + (1 << (shift - 1)));
      }
      for (int tap = 0; tap < weights[0].length; tap += GROUP) {
        gather(padded, tap, at, count, group);
        for (int k = 0; k < outputs; k++) {
          accumulate(sums[k], count, group, weights[k], tap);
        }
      }
      for (int k = 0; k < outputs; k++) {
        requantise(sums[k], count, result[k], at);
      }
    }
    Planes output = new Planes(padded.height, padded.width, padded.stride, result);
    return upscale == 1 ? output : output.depthToSpace();
  }

  /**
   * Copies, for each tap of a group, the inputs of {@code count} neighbouring positions. Rows are
   * as long as those of the padded planes: results in the last columns are meaningless, and dropped
   * by whoever reads them.
   */
  private void gather(Planes padded, int firstTap, int at, int count, int[][] group) {
    for (int i = 0; i < GROUP; i++) {
      int tap = firstTap + i;
      int place = tap / inputs;
      int row = place / (2 * reachX + 1);
      if (row <= 2 * reachY) { // otherwise its weight is 0
        int from = at + row * padded.stride + place % (2 * reachX + 1);
        System.arraycopy(padded.channels[tap % inputs], from, group[i], 0, count);
      }
    }
  }

  /** Adds {@link #GROUP} products to each sum. Written out, for this is where the time goes. */
  private static void accumulate(int[] sums, int count, int[][] in, int[] weights, int tap) {
    int w0 = weights[tap];
    int w1 = weights[tap + 1];
    int w2 = weights[tap + 2];
    int w3 = weights[tap + 3];
    int[] a0 = in[0];
    int[] a1 = in[1];
    int[] a2 = in[2];
    int[] a3 = in[3];
    for (int p = 0; p < count; p++) {
      sums[p] += w0 * a0[p] + w1 * a1[p] + w2 * a2[p] + w3 * a3[p];
    }
  }

  private void requantise(int[] sums, int count, int[] result, int at) {
    for (int p = 0; p < count; p++) {
      result[at + p] = Math.min(Math.max(sums[p] >> shift, 0), maximum);
    }
  }

  private void checkSums() throws BundleException {
    for (int k = 0; k < outputs; k++) {
      long total = Math.abs((long) bias[k]);
      for (int weight : weights[k]) {
        if (weight < -MAX_WEIGHT || weight > MAX_WEIGHT) {
          throw new BundleException("a scale decoder weight is " + weight + ": export again");
        }
        total += (long) MAX_ACTIVATION * Math.abs(weight);
      }
      if (total > MAX_SUM) {
        throw new BundleException(
            "a scale decoder sum may reach " + total + ", above " + MAX_SUM + ": export again");
      }
    }
  }

  private static void check(
      int[] shape, int[] kernel, int[] bias, int shift, int maximum, int upscale)
      throws BundleException {
    boolean shaped = shape.length == 4 && kernel.length > 0 && bias.length == shape[3];
    if (!shaped || shape[0] % 2 == 0 || shape[1] % 2 == 0) {
      throw new BundleException(
          "a scale decoder kernel has shape " + Arrays.toString(shape) + ": export again");
    }
    if (shift < 1 || shift > MAX_SHIFT || maximum < 1 || maximum > MAX_ACTIVATION) {
      throw new BundleException(
          "a scale decoder layer has shift " + shift + " and maximum " + maximum);
    }
    if ((upscale != 1 && upscale != 2) || shape[3] % (upscale * upscale) != 0) {
      throw new BundleException(
          "a scale decoder layer cannot upscale " + shape[3] + " channels by " + upscale);
    }
  }
}
