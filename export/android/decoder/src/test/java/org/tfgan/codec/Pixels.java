package org.tfgan.codec;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** A picture in memory, as the tests' source and sink of pixels. */
final class Pixels implements PixelSource, PixelSink {
  final int width;
  final int height;
  final int[] argb;

  Pixels(int width, int height) {
    this.width = width;
    this.height = height;
    argb = new int[width * height];
  }

  static Pixels ofPng(byte[] png) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    Pixels pixels = new Pixels(image.getWidth(), image.getHeight());
    int bands = image.getRaster().getNumBands();
    int[] samples = new int[bands];
    for (int y = 0; y < pixels.height; y++) {
      for (int x = 0; x < pixels.width; x++) {
        // The raster, because getRGB takes grey for linear light.
        image.getRaster().getPixel(x, y, samples);
        int alpha = bands % 2 == 0 ? samples[bands - 1] : 255;
        int green = samples[bands < 3 ? 0 : 1];
        int blue = samples[bands < 3 ? 0 : 2];
        pixels.argb[y * pixels.width + x] = alpha << 24 | samples[0] << 16 | green << 8 | blue;
      }
    }
    return pixels;
  }

  /** Smooth colours. */
  static Pixels sample(int width, int height) {
    Pixels pixels = new Pixels(width, height);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = (int) (128 + 100 * Math.sin(x / 30.0));
        int green = (int) (128 + 100 * Math.cos(y / 40.0));
        int blue = (int) (128 + 100 * Math.sin((x + y) / 50.0));
        pixels.argb[y * width + x] = 0xFF << 24 | red << 16 | green << 8 | blue;
      }
    }
    return pixels;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public void get(int[] into, int left, int top, int columns, int rows) {
    for (int y = 0; y < rows; y++) {
      System.arraycopy(argb, (top + y) * width + left, into, y * columns, columns);
    }
  }

  @Override
  public void put(int[] from, int left, int top, int columns, int rows) {
    for (int y = 0; y < rows; y++) {
      System.arraycopy(from, y * columns, argb, (top + y) * width + left, columns);
    }
  }

  /** The largest difference between two levels of the pictures, transparency included. */
  int maxDifference(Pixels other) {
    int largest = 0;
    for (int i = 0; i < argb.length; i++) {
      for (int shift = 0; shift < 32; shift += 8) {
        int difference = (argb[i] >> shift & 0xFF) - (other.argb[i] >> shift & 0xFF);
        largest = Math.max(largest, Math.abs(difference));
      }
    }
    return largest;
  }

  double meanDifference(Pixels other) {
    long sum = 0;
    for (int i = 0; i < argb.length; i++) {
      for (int shift = 0; shift < 24; shift += 8) {
        sum += Math.abs((argb[i] >> shift & 0xFF) - (other.argb[i] >> shift & 0xFF));
      }
    }
    return sum / (3.0 * argb.length);
  }
}
