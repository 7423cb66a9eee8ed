package org.tfgan.codec;

import java.util.Arrays;

/**
 * Integer activations of the scale decoder, one array per channel. Channel by channel, because a
 * convolution then is a sum of long arrays, which compilers turn into vector instructions.
 */
final class Planes {
  final int height;
  final int width;

  /** Distance between vertical neighbours; columns from {@link #width} on hold nothing of use. */
  final int stride;

  final int[][] channels;

  Planes(int height, int width, int stride, int[][] channels) {
    this.height = height;
    this.width = width;
    this.stride = stride;
    this.channels = channels;
  }

  /** These planes with some more behind them, empty ones. */
  Planes with(int more) {
    int[][] all = Arrays.copyOf(channels, channels.length + more);
    for (int c = channels.length; c < all.length; c++) {
      all[c] = new int[channels[0].length];
    }
    return new Planes(height, width, stride, all);
  }

  /** How far from 0 any activation is. */
  int largest() {
    // Position by position, and not by Math.max, so that vector instructions can do it.
    int[] most = new int[channels[0].length];
    for (int[] channel : channels) {
      for (int p = 0; p < most.length; p++) {
        int more = Math.abs(channel[p]) - most[p];
        most[p] += more & ~(more >> 31);
      }
    }
    int largest = 0;
    for (int some : most) {
      largest = Math.max(largest, some);
    }
    return largest;
  }

  /** A copy with {@code rows} rows and {@code columns} columns of zeros on every side. */
  Planes padded(int rows, int columns) {
    int newStride = width + 2 * columns;
    // Convolutions read a few entries past the last row, see IntegerConv.
    int size = (height + 2 * rows) * newStride + 2 * columns;
    int[][] result = new int[channels.length][size];
    for (int c = 0; c < channels.length; c++) {
      for (int y = 0; y < height; y++) {
        int to = (y + rows) * newStride + columns;
        System.arraycopy(channels[c], y * stride, result[c], to, width);
      }
    }
    return new Planes(height, width, newStride, result);
  }

  /** TensorFlow's depth_to_space with blocks of 2x2: channel (2i + j) C + c to row i, column j. */
  Planes depthToSpace() {
    int depth = channels.length / 4;
    int[][] result = new int[depth][4 * height * width];
    for (int block = 0; block < 4; block++) {
      for (int c = 0; c < depth; c++) {
        int[] from = channels[block * depth + c];
        for (int y = 0; y < height; y++) {
          int to = (2 * y + block / 2) * 2 * width + block % 2;
          for (int x = 0; x < width; x++) {
            result[c][to + 2 * x] = from[y * stride + x];
          }
        }
      }
    }
    return new Planes(2 * height, 2 * width, 2 * width, result);
  }
}
