package org.tfgan.codec;

import java.util.ArrayList;
import java.util.List;

/**
 * A rectangle of cells that a network is run on at once, of which the middle is kept. With a halo
 * as wide as the network reaches, the windows together give what one run over everything would.
 * All windows of an array have the same size, since runtimes plan their memory anew for each.
 */
final class Window {
  final Span rows;
  final Span columns;

  Window(Span rows, Span columns) {
    this.rows = rows;
    this.columns = columns;
  }

  int height() {
    return rows.stop - rows.start;
  }

  int width() {
    return columns.stop - columns.start;
  }

  /** Covers an array with windows of about {@code maxCells} cells, row by row. */
  static List<Window> cover(int height, int width, int halo, int maxCells) {
    // Near square; a thin array gets long windows.
    int side = (int) Math.sqrt(maxCells);
    int maxHeight = height <= width ? Math.min(height, side) : maxCells / Math.min(width, side);
    int maxWidth = height <= width ? maxCells / maxHeight : Math.min(width, side);
    List<Window> windows = new ArrayList<>();
    for (Span rows : Span.cover(height, maxHeight, halo)) {
      for (Span columns : Span.cover(width, maxWidth, halo)) {
        windows.add(new Window(rows, columns));
      }
    }
    return windows;
  }
}
