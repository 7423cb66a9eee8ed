package org.tfgan.codec;

import java.util.Arrays;

/**
 * Finds the latents that can be decoded at the same time, though each depends on those before it
 * ("Context model", Order, of the format; the proof stands in {@code
 * tfgan_codec/format/wavefront.py}). Goes from front to front; an element of one has a line, x0 n1
 * + x1, and a depth, x2.
 */
final class Wavefront {
  private final int depthsPerLine;

  /** Lines by rising start, then by rising number. */
  private final int[] lines;

  /** Of each line in {@link #lines}: a x0 + b x1. */
  private final int[] starts;

  /** The front, -1 before the first. */
  private int time = -1;

  private int first;
  private int last;

  /**
   * @param shape of the grid of latents along the model's axes
   * @param kernel of the context convolution along them
   */
  Wavefront(int[] shape, int[] kernel) {
    int b = kernel[2] / 2 + 1;
    int a = (kernel[1] / 2 + 1) * b;
    depthsPerLine = shape[2];
    long[] order = new long[shape[0] * shape[1]];
    for (int line = 0; line < order.length; line++) {
      long start = (long) a * (line / shape[1]) + (long) b * (line % shape[1]);
      order[line] = start << Integer.SIZE | line;
    }
    Arrays.sort(order);
    lines = new int[order.length];
    starts = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      lines[i] = (int) order[i];
      starts[i] = (int) (order[i] >> Integer.SIZE);
    }
  }

  /** Goes to the next front that has elements; false after the last one. */
  boolean next() {
    int end = starts[starts.length - 1] + depthsPerLine;
    do {
      if (++time >= end) {
        return false;
      }
      // The lines whose start is in time - n2 + 1 .. time have an element there.
      while (last < starts.length && starts[last] <= time) {
        last++;
      }
      while (starts[first] <= time - depthsPerLine) {
        first++;
      }
    } while (first == last);
    return true;
  }

  /** How many elements the front has. */
  int size() {
    return last - first;
  }

  int line(int element) {
    return lines[first + element];
  }

  int depth(int element) {
    return time - starts[first + element];
  }
}
