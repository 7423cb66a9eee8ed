package org.tfgan.codec;

import java.util.Arrays;

/**
 * Sums of products at neighbouring positions, for all outputs of a convolution. Two outputs share
 * an int, and so a multiplication: x (a + 2^16 b) = xa + 2^16 xb. That is exact as long as neither
 * sum leaves 16 bits; before one might, both are added to ints of their own.
 */
final class PairSums {
  /** Each output's sums, without what {@link #pairs} hold. */
  final int[][] sums;

  /** Room for the inputs of a group of taps. */
  final int[][] inputs;

  private final int[][] pairs;

  /** How far from 0 the sums in pairs can be. */
  private int reach;

  PairSums(int outputs, int positions) {
    // Rows of this length, allocated one after the other, lie alike to cache lines of 64 bytes (an
    // array begins with 16 bytes of its own): without that, some JVMs take half as long again.
    int length = (positions + 3) / 16 * 16 + 12;
    int[][] rows = new int[outputs + (outputs + 1) / 2 + TapGroup.SIZE][length];
    int firstInput = rows.length - TapGroup.SIZE;
    sums = Arrays.copyOf(rows, outputs);
    pairs = Arrays.copyOfRange(rows, outputs, firstInput);
    inputs = Arrays.copyOfRange(rows, firstInput, rows.length);
  }

  /**
   * Adds the products of a group's weights and of {@link #inputs}, none of which is farther from 0
   * than {@code largest}, at the positions from {@code start} to {@code stop}.
   */
  void add(TapGroup group, int start, int stop, int largest) {
    if (reach + group.reach * largest > Short.MAX_VALUE) {
      unpack(start, stop);
    }
    reach += group.reach * largest;
    for (int k = 0; k < pairs.length; k++) {
      accumulate(pairs[k], start, stop, inputs, group.weights, k * TapGroup.SIZE);
    }
  }

  /** Moves what the pairs hold to the sums. */
  void unpack(int start, int stop) {
    for (int k = 0; k < sums.length; k++) {
      if (k % 2 == 0) {
        addLower(sums[k], start, stop, pairs[k / 2]);
      } else {
        addUpper(sums[k], start, stop, pairs[k / 2]);
      }
    }
    for (int[] pair : pairs) {
      Arrays.fill(pair, start, stop, 0);
    }
    reach = 0;
  }

  /** Written out, for this is where the time goes. */
  private static void accumulate(
      int[] sums, int start, int stop, int[][] in, int[] weights, int at) {
    int w0 = weights[at];
    int w1 = weights[at + 1];
    int w2 = weights[at + 2];
    int w3 = weights[at + 3];
    int w4 = weights[at + 4];
    int[] a0 = in[0];
    int[] a1 = in[1];
    int[] a2 = in[2];
    int[] a3 = in[3];
    int[] a4 = in[4];
    for (int p = start; p < stop; p++) {
      sums[p] += w0 * a0[p] + w1 * a1[p] + w2 * a2[p] + w3 * a3[p] + w4 * a4[p];
    }
  }

  private static void addLower(int[] sums, int start, int stop, int[] pairs) {
    for (int p = start; p < stop; p++) {
      sums[p] += pairs[p] << 16 >> 16;
    }
  }

  private static void addUpper(int[] sums, int start, int stop, int[] pairs) {
    for (int p = start; p < stop; p++) {
      sums[p] += (pairs[p] + 0x8000) >> 16; // a negative lower half has borrowed 1
    }
  }
}
