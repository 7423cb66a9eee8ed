package org.tfgan.codec;

import java.util.ArrayList;
import java.util.List;

/**
 * The weights of a few neighbouring taps of a convolution, packed for {@link PairSums}: those of
 * output 2k + 1 in the upper half of an int, above those of output 2k.
 */
final class TapGroup {
  /** Taps per group at most: as many as Java's compilers still turn into vector instructions. */
  static final int SIZE = 5;

  /** With inputs of 255 at most, sums of products then fit in 16 bits. */
  private static final int MAX_REACH = 128;

  final int firstTap;
  final int taps;

  /** The largest sum of absolute weights that an output has in this group. */
  final int reach;

  /** {@link #SIZE} for each pair of outputs, zeros behind the last tap. */
  final int[] weights;

  private TapGroup(int[][] kernel, int firstTap, int taps) {
    this.firstTap = firstTap;
    this.taps = taps;
    int outputs = kernel[0].length;
    weights = new int[(outputs + 1) / 2 * SIZE];
    for (int i = 0; i < taps; i++) {
      for (int k = 0; k < outputs; k++) {
        weights[k / 2 * SIZE + i] += kernel[firstTap + i][k] << (k % 2 == 0 ? 0 : 16);
      }
    }
    reach = reach(kernel, firstTap, taps);
  }

  /**
   * Splits a kernel into groups.
   *
   * @param kernel for each tap, the weights of all outputs, within +-127
   */
  static List<TapGroup> split(int[][] kernel) {
    List<TapGroup> groups = new ArrayList<>();
    for (int tap = 0; tap < kernel.length; ) {
      int taps = Math.min(SIZE, kernel.length - tap);
      while (reach(kernel, tap, taps) > MAX_REACH) {
        taps--;
      }
      groups.add(new TapGroup(kernel, tap, taps));
      tap += taps;
    }
    return groups;
  }

  private static int reach(int[][] kernel, int firstTap, int taps) {
    int largest = 0;
    for (int k = 0; k < kernel[0].length; k++) {
      int sum = 0;
      for (int tap = firstTap; tap < firstTap + taps; tap++) {
        sum += Math.abs(kernel[tap][k]);
      }
      largest = Math.max(largest, sum);
    }
    return largest;
  }
}
