package org.tfgan.codec;

import java.util.Arrays;
import java.util.List;

/**
 * One layer of the {@link ScaleDecoder} or of a {@link ContextModel}: convolution in integers,
 * rounding division by a power of two, clipping, then depth-to-space.
 */
public final class IntegerConv {
  static final int MAX_ACTIVATION = 255;
  private static final int MAX_WEIGHT = 127;
  private static final int MAX_SUM = 1 << 20;
  private static final int MAX_SHIFT = 20;
  /** Weights of one output. */
  private static final int MAX_TAPS = 1 << 15;

  private static final int MAX_OUTPUTS = 1 << 13;

  /** Positions worked on at a time: enough for vectors, few enough for the cache. */
  private static final int TILE = 2048;

  final int inputs;
  final int outputs;
  final int maximum;
  final int upscale;

  /** How far the kernel reaches to each side. */
  final int reachY;

  final int reachX;

  private final int shift;
  private final int[] bias;

  /** Taps are in the order (row, column, input). */
  private final List<TapGroup> groups;

  /**
   * @param shape of the kernel: height, width, inputs, outputs
   * @param kernel in row-major order
   * @param bias one for each output
   * @throws BundleException unless the bounds hold that make all implementations agree
   */
  public IntegerConv(int[] shape, int[] kernel, int[] bias, int shift, int maximum, int upscale)
      throws BundleException {
    this(
        shape, kernel, bias, new int[] {shift, maximum, upscale}, MAX_ACTIVATION, MAX_ACTIVATION);
  }

  /**
   * A layer with bounds of its own.
   *
   * @param params shift, maximum and upscale
   * @param largestInput how far from 0 inputs can be
   * @param largestMaximum what {@code maximum} may be
   */
  IntegerConv(
      int[] shape, int[] kernel, int[] bias, int[] params, int largestInput, int largestMaximum)
      throws BundleException {
    if (params.length != 3) {
      throw new BundleException("a layer has " + params.length + " parameters, expected 3");
    }
    int shift = params[0];
    int maximum = params[1];
    int upscale = params[2];
    check(shape, kernel, bias, shift, upscale);
    if (maximum < 1 || maximum > largestMaximum) {
      throw new BundleException(
          "a layer has the maximum " + maximum + ", of 1 to " + largestMaximum);
    }
    inputs = shape[2];
    outputs = shape[3];
    reachY = shape[0] / 2;
    reachX = shape[1] / 2;
    this.bias = bias.clone();
    this.shift = shift;
    this.maximum = maximum;
    this.upscale = upscale;
    int[][] taps = new int[kernel.length / outputs][];
    for (int tap = 0; tap < taps.length; tap++) {
      taps[tap] = Arrays.copyOfRange(kernel, tap * outputs, (tap + 1) * outputs);
    }
    checkSums(taps, largestInput);
    groups = TapGroup.split(taps);
  }

  /** The channels this layer hands on. */
  int channels() {
    return outputs / (upscale * upscale);
  }

  Planes apply(Planes input) {
    Planes padded = input.padded(reachY, reachX);
    int largest = input.largest();
    int positions = padded.height * padded.stride;
    PairSums work = new PairSums(outputs, positions);
    for (int start = 0; start < positions; start += TILE) {
      int stop = Math.min(start + TILE, positions);
      for (int k = 0; k < outputs; k++) {
        // Half of the divisor makes the shift in requantise round.
        Arrays.fill(work.sums[k], start, stop, bias[k] + (1 << (shift - 1)));
      }
      for (TapGroup group : groups) {
        gather(padded, group, start, stop, work.inputs);
        work.add(group, start, stop, largest);
      }
      work.unpack(start, stop);
      for (int[] sums : work.sums) {
        requantise(sums, start, stop);
      }
    }
    Planes output = new Planes(padded.height, padded.width, padded.stride, work.sums);
    return upscale == 1 ? output : output.depthToSpace();
  }

  /**
   * Copies, for each tap of a group, the inputs of neighbouring positions. Rows are as long as
   * those of the padded planes: results in the last columns are meaningless, and dropped by whoever
   * reads them.
   */
  private void gather(Planes padded, TapGroup group, int start, int stop, int[][] rows) {
    for (int i = 0; i < group.taps; i++) {
      int tap = group.firstTap + i;
      int place = tap / inputs;
      int width = 2 * reachX + 1;
      int from = start + place / width * padded.stride + place % width;
      System.arraycopy(padded.channels[tap % inputs], from, rows[i], start, stop - start);
    }
  }

  /** Shifts and clips. Not by Math.min and max, which Java 17 does not turn into vectors. */
  private void requantise(int[] sums, int start, int stop) {
    for (int p = start; p < stop; p++) {
      int excess = (sums[p] >> shift) - maximum;
      int clipped = maximum + (excess & excess >> 31);
      sums[p] = clipped & ~(clipped >> 31);
    }
  }

  private void checkSums(int[][] taps, int largestInput) throws BundleException {
    for (int k = 0; k < outputs; k++) {
      long total = Math.abs((long) bias[k]);
      for (int[] tap : taps) {
        int weight = tap[k];
        if (weight < -MAX_WEIGHT || weight > MAX_WEIGHT) {
          throw new BundleException("a weight is " + weight + ": export again");
        }
        total += (long) largestInput * Math.abs(weight);
      }
      if (total > MAX_SUM) {
        throw new BundleException(
            "a sum may reach " + total + ", above " + MAX_SUM + ": export again");
      }
    }
  }

  private static void check(int[] shape, int[] kernel, int[] bias, int shift, int upscale)
      throws BundleException {
    boolean shaped = shape.length == 4 && kernel.length > 0 && bias.length == shape[3];
    if (!shaped || shape[0] % 2 == 0 || shape[1] % 2 == 0) {
      throw new BundleException(
          "a kernel has shape " + Arrays.toString(shape) + ": export the bundle again");
    }
    if (shape[3] > MAX_OUTPUTS || kernel.length / shape[3] > MAX_TAPS) {
      throw new BundleException(
          "a kernel is too large for this reader, " + Arrays.toString(shape) + ": use another");
    }
    if (shift < 1 || shift > MAX_SHIFT) {
      throw new BundleException("a layer has the shift " + shift + ", of 1 to " + MAX_SHIFT);
    }
    if ((upscale != 1 && upscale != 2) || shape[3] % (upscale * upscale) != 0) {
      throw new BundleException(
          "a layer cannot upscale " + shape[3] + " channels by " + upscale);
    }
  }
}
