package org.tfgan.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScaleDecoderTest {
  private static int[] shape(List<?> nest) {
    int[] shape = new int[4];
    Object at = nest;
    for (int i = 0; i < 4; i++) {
      shape[i] = ((List<?>) at).size();
      at = ((List<?>) at).get(0);
    }
    return shape;
  }

  private static byte[] bytes(int[] values) {
    byte[] result = new byte[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (byte) values[i];
    }
    return result;
  }

  @Test
  void vectors() throws Exception {
    for (Manifest test : TestData.vectors("scales")) {
      List<IntegerConv> layers = new ArrayList<>();
      for (Object entry : test.list("layers")) {
        Manifest layer = Manifest.of(entry, "layer");
        layers.add(
            new IntegerConv(
                shape(layer.list("kernel")),
                TestData.ints(layer.list("kernel")),
                TestData.ints(layer.list("bias")),
                layer.integer("shift"),
                layer.integer("maximum"),
                layer.integer("upscale")));
      }
      ScaleDecoder decoder = new ScaleDecoder(layers);
      List<?> z = test.list("z");
      int rows = z.size();
      int columns = ((List<?>) z.get(0)).size();
      int scale = decoder.upscale;
      byte[] index =
          decoder.indexes(TestData.ints(z), rows, columns, rows * scale, columns * scale);
      assertArrayEquals(bytes(TestData.ints(test.list("index"))), index, test.string("name"));
      assertEquals(test.integer("crc16"), Crc16.of(index));
    }
  }

  @Test
  void crcVectors() throws Exception {
    for (Manifest test : TestData.vectors("crc16")) {
      assertEquals(test.integer("crc16"), Crc16.of(TestData.unhex(test.string("bytes"))));
    }
  }

  /** Two outputs share an int, see PairSums: with the largest weights and inputs, and an odd one. */
  @Test
  void largestSums() throws Exception {
    Random random = new Random(3);
    int inputs = 3;
    int outputs = 5;
    int[] full = new int[inputs * inputs]; // the first layer makes 0 or 255 of hyper-latents
    for (int c = 0; c < inputs; c++) {
      full[c * (inputs + 1)] = 127;
    }
    int[] kernel = new int[9 * inputs * outputs];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = i % outputs == 0 ? 127 : i % outputs == 1 ? -127 : random.nextInt(255) - 127;
    }
    int[] bias = {0, 0, -7, 1 << 16, 100};
    ScaleDecoder decoder =
        new ScaleDecoder(
            Arrays.asList(
                conv(new int[] {1, 1, inputs, inputs}, full, new int[inputs], 1, 255, 1),
                conv(new int[] {3, 3, inputs, outputs}, kernel, bias, 12, 255, 1)));
    int rows = 50;
    int columns = 60;
    int[] z = new int[rows * columns * inputs];
    for (int i = 0; i < z.length; i++) {
      z[i] = i < z.length / 2 || random.nextBoolean() ? 127 : -127;
    }
    byte[] index = decoder.indexes(z, rows, columns, rows, columns);
    for (int at = 0; at < index.length; at++) {
      int k = at % outputs;
      int x = at / outputs % columns;
      int y = at / outputs / columns;
      int sum = bias[k] + (1 << 11);
      for (int tap = 0; tap < 9 * inputs; tap++) {
        int row = y + tap / inputs / 3 - 1;
        int column = x + tap / inputs % 3 - 1;
        boolean inside = row >= 0 && row < rows && column >= 0 && column < columns;
        if (inside && z[(row * columns + column) * inputs + tap % inputs] > 0) {
          sum += 255 * kernel[tap * outputs + k];
        }
      }
      assertEquals(Math.min(Math.max(sum >> 12, 0), 255), index[at] & 0xFF, "at " + at);
    }
  }

  /** A map of many windows is that of each part of z with enough of its surroundings. */
  @Test
  void windowsChangeNothing() throws Exception {
    Bundle tiny = TestData.tiny();
    Random random = new Random(2);
    int rows = 40;
    int columns = 37;
    int[] z = new int[rows * columns * tiny.hyperChannels];
    for (int i = 0; i < z.length; i++) {
      z[i] = random.nextInt(255) - 127;
    }
    byte[] whole = tiny.coder.indexes(z, 4 * rows, 4 * columns); // above the limit of a window
    int strip = 8;
    int inside = 4; // rows of hyper-latents that the strip's own borders do not reach
    int rowBytes = 4 * columns * tiny.channels;
    for (int top = 0; top + strip <= rows; top += strip) {
      int zRow = columns * tiny.hyperChannels;
      int[] part = Arrays.copyOfRange(z, top * zRow, (top + strip) * zRow);
      byte[] map = tiny.coder.indexes(part, 4 * strip, 4 * columns);
      int from = 4 * (strip - inside) / 2 * rowBytes;
      int to = from + 4 * inside * rowBytes;
      assertArrayEquals(
          Arrays.copyOfRange(map, from, to),
          Arrays.copyOfRange(whole, 4 * top * rowBytes + from, 4 * top * rowBytes + to));
    }
  }

  @Test
  void hyperLatentsOutOfRange() throws Exception {
    Bundle tiny = TestData.tiny();
    for (int value : new int[] {128, -128, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      int[] z = new int[tiny.hyperChannels];
      z[1] = value;
      assertThrows(BitstreamException.class, () -> tiny.coder.indexes(z, 1, 1));
    }
  }

  @Test
  void layersThatBreakTheBounds() {
    int[] shape = {1, 1, 1, 4};
    int[] kernel = {1, 2, 3, 127};
    int[] bias = {0, 0, 0, (1 << 20) - 127 * 255};
    assertThrows(BundleException.class, () -> conv(shape, new int[] {1, 2, 3, 128}, bias, 1, 9, 1));
    assertThrows(BundleException.class, () -> conv(shape, kernel, new int[3], 1, 9, 1));
    assertThrows(
        BundleException.class, () -> conv(shape, kernel, new int[] {0, 0, 0, bias[3] + 1}, 1, 9, 1));
    assertThrows(BundleException.class, () -> conv(shape, kernel, bias, 0, 9, 1));
    assertThrows(BundleException.class, () -> conv(shape, kernel, bias, 21, 9, 1));
    assertThrows(BundleException.class, () -> conv(shape, kernel, bias, 1, 256, 1));
    assertThrows(BundleException.class, () -> conv(shape, kernel, bias, 1, 9, 3));
    assertThrows(BundleException.class, () -> conv(new int[] {2, 1, 1, 2}, kernel, bias, 1, 9, 1));
    assertThrows(BundleException.class, () -> new ScaleDecoder(Collections.emptyList()));
  }

  private static IntegerConv conv(
      int[] shape, int[] kernel, int[] bias, int shift, int maximum, int upscale)
      throws BundleException {
    return new IntegerConv(shape, kernel, bias, shift, maximum, upscale);
  }
}
