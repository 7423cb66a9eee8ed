package org.tfgan.codec;

import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of cells [start, stop) to run along one axis, of which [keepStart, keepStop) is kept;
 * the rest is context.
 */
final class Span {
  final int start;
  final int stop;
  final int keepStart;
  final int keepStop;

  Span(int start, int stop, int keepStart, int keepStop) {
    this.start = start;
    this.stop = stop;
    this.keepStart = keepStart;
    this.keepStop = keepStop;
  }

  /** Covers {@code size} cells with equally long spans of about {@code limit} cells or less. */
  static List<Span> cover(int size, int limit, int halo) {
    List<Span> spans = new ArrayList<>();
    if (size <= limit) {
      spans.add(new Span(0, size, 0, size));
      return spans;
    }
    // A limit close to the halo would drown the kept part in context.
    int core = Math.max(Math.max(limit - 2 * halo, 2 * halo), 1);
    int count = Math.max(1, ceilDiv(size - 2 * halo, core));
    int length = Math.min(size, ceilDiv(size - 2 * halo, count) + 2 * halo);
    int keepStart = 0;
    for (int i = 0; i < count; i++) {
      int start = Math.min(i * (length - 2 * halo), size - length);
      int keepStop = i == count - 1 ? size : start + length - halo;
      spans.add(new Span(start, start + length, keepStart, keepStop));
      keepStart = keepStop;
    }
    return spans;
  }

  private static int ceilDiv(int a, int b) {
    return (a + b - 1) / b;
  }
}
