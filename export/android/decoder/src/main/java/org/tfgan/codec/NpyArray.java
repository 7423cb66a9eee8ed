package org.tfgan.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An array as NumPy stores it (.npy): the few types that bundles use, in row-major order. */
final class NpyArray {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{'descr': '(\\|i1|<i4|<f4)', 'fortran_order': False, 'shape': \\(([0-9, ]*)\\), \\}\\s*");

  /** As NumPy writes it: {@code |i1}, {@code <i4} or {@code <f4}. */
  final String type;

  final int[] shape;

  /** The elements, little endian. */
  private final ByteBuffer data;

  private NpyArray(String type, int[] shape, ByteBuffer data) {
    this.type = type;
    this.shape = shape;
    this.data = data;
  }

  static NpyArray parse(byte[] file) throws BundleException {
    if (file.length < 12 || !Arrays.equals(Arrays.copyOf(file, MAGIC.length), MAGIC)) {
      throw new BundleException("an array is not in NumPy's format: export the bundle again");
    }
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    boolean first = file[6] == 1; // version 1 has a header length of two bytes, later ones of four
    long length = first ? buffer.getShort(8) & 0xFFFF : buffer.getInt(8) & 0xFFFFFFFFL;
    long start = (first ? 10 : 12) + length;
    if (start > file.length) {
      throw new BundleException("an array is cut short: copy the bundle again");
    }
    int from = first ? 10 : 12;
    String text = new String(file, from, (int) length, StandardCharsets.ISO_8859_1);
    Matcher header = HEADER.matcher(text);
    if (!header.matches()) {
      throw new BundleException("an array has the header " + text.trim() + ": export again");
    }
    String type = header.group(1);
    int[] shape = shape(header.group(2));
    long bytes = type.charAt(2) - '0';
    for (int size : shape) {
      bytes = Math.min(bytes * size, Integer.MAX_VALUE); // no overflow, and no such file either
    }
    if (bytes != file.length - start) {
      throw new BundleException("an array is not of the size it claims: copy the bundle again");
    }
    buffer.position((int) start);
    return new NpyArray(type, shape, buffer.slice().order(ByteOrder.LITTLE_ENDIAN));
  }

  int[] ints() throws BundleException {
    int[] result = new int[size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = type.equals("|i1") ? data.get(i) : data.getInt(4 * i);
    }
    return require("|i1 or <i4", !type.equals("<f4"), result);
  }

  float[] floats() throws BundleException {
    float[] result = new float[require("<f4", type.equals("<f4"), size())];
    data.asFloatBuffer().get(result);
    return result;
  }

  byte[] bytes() {
    byte[] result = new byte[data.capacity()];
    data.duplicate().get(result);
    return result;
  }

  private int size() {
    return data.capacity() / (type.charAt(2) - '0');
  }

  private <T> T require(String expected, boolean holds, T result) throws BundleException {
    if (!holds) {
      throw new BundleException("an array has type " + type + " instead of " + expected);
    }
    return result;
  }

  private static int[] shape(String text) throws BundleException {
    String trimmed = text.replace(" ", "");
    String[] sizes = trimmed.isEmpty() ? new String[0] : trimmed.split(",");
    int[] shape = new int[sizes.length];
    try {
      for (int i = 0; i < shape.length; i++) {
        shape[i] = Integer.parseInt(sizes[i]);
      }
    } catch (NumberFormatException error) {
      throw new BundleException("an array has the shape (" + text + ")", error);
    }
    return shape;
  }
}
