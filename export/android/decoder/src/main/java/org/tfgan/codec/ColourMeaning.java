package org.tfgan.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a colour profile without lookup tables says of 8-bit pictures: the colorants, and the light
 * of each level. As {@code tfgan_codec/pictures/colour.py} reads it.
 */
final class ColourMeaning {
  private static final int LEVELS = 256;

  /** Nobody sees less: half a unit of the lightness L*, 0.2 % of white. */
  private static final double LIGHTNESS_TOLERANCE = 0.5;

  private static final double COLORANT_TOLERANCE = 0.002;
  private static final double FIXED = 1 << 16;
  private static final int HEADER_BYTES = 128;
  private static final int MAX_TAGS = 100;
  private static final String[] LOOKUP_TABLES = {"A2B0", "A2B1", "A2B2", "D2B0", "D2B1", "D2B2"};

  /** X, Y, Z of red, green and blue; null when grey. */
  private final double[] colorants;

  /** The light, 0..1, of each level: for red, green and blue, or for grey. */
  private final double[][] curves;

  private ColourMeaning(double[] colorants, double[][] curves) {
    this.colorants = colorants;
    this.curves = curves;
  }

  /**
   * A meaning by numbers.
   *
   * @param colorants in 1/65536, or null
   * @param curve gamma alone, or gamma, a, b, c, d of ICC's parametric curve 3
   */
  static ColourMeaning of(int[] colorants, double[] curve) {
    double[] light = curve.length == 1 ? parametric(0, curve) : parametric(3, curve);
    if (colorants == null) {
      return new ColourMeaning(null, new double[][] {light});
    }
    double[] xyz = new double[colorants.length];
    for (int i = 0; i < xyz.length; i++) {
      xyz[i] = colorants[i] / FIXED;
    }
    return new ColourMeaning(xyz, new double[][] {light, light, light});
  }

  /** What an ICC profile says; null if it says it by lookup tables, or is damaged. */
  static ColourMeaning of(byte[] icc) {
    try {
      for (String name : LOOKUP_TABLES) {
        if (tag(icc, name) != null) {
          return null;
        }
      }
      if (!text(icc, 36).equals("acsp") || !text(icc, 20).equals("XYZ ")) {
        return null;
      }
      if (text(icc, 16).equals("GRAY")) {
        return new ColourMeaning(null, new double[][] {curve(tag(icc, "kTRC"))});
      }
      if (!text(icc, 16).equals("RGB ")) {
        return null;
      }
      double[] xyz = new double[9];
      double[][] curves = new double[3][];
      for (int c = 0; c < 3; c++) {
        byte[] colorant = tag(icc, "rgb".charAt(c) + "XYZ");
        for (int i = 0; i < 3; i++) {
          xyz[3 * c + i] = number(colorant, 8 + 4 * i) / FIXED;
        }
        curves[c] = curve(tag(icc, "rgb".charAt(c) + "TRC"));
      }
      return new ColourMeaning(xyz, curves);
    } catch (ArrayIndexOutOfBoundsException | IllegalArgumentException | NullPointerException e) {
      return null; // damaged, or without a tag
    }
  }

  /** Whether pictures look the same with both. */
  boolean sameAs(ColourMeaning other) {
    if ((colorants == null) != (other.colorants == null)) {
      return false;
    }
    for (int i = 0; colorants != null && i < colorants.length; i++) {
      if (!(Math.abs(colorants[i] - other.colorants[i]) <= COLORANT_TOLERANCE)) {
        return false;
      }
    }
    for (int c = 0; c < curves.length; c++) {
      for (int level = 0; level < LEVELS; level++) {
        double apart = lightness(curves[c][level]) - lightness(other.curves[c][level]);
        if (!(Math.abs(apart) <= LIGHTNESS_TOLERANCE)) {
          return false;
        }
      }
    }
    return true;
  }

  /** CIE's L*, 0..100, of light relative to white. */
  private static double lightness(double light) {
    return light > 216.0 / 24389 ? 116 * Math.cbrt(light) - 16 : light * 24389 / 27;
  }

  /** The contents of a tag; null if there is none. */
  private static byte[] tag(byte[] icc, String name) {
    int count = Math.min(number(icc, HEADER_BYTES), MAX_TAGS);
    for (int i = 0; i < count; i++) {
      int entry = HEADER_BYTES + 4 + 12 * i;
      if (text(icc, entry).equals(name)) {
        int start = number(icc, entry + 4);
        long stop = (long) start + number(icc, entry + 8);
        if (start < 0 || stop < start) {
          throw new IllegalArgumentException(name);
        }
        return Arrays.copyOfRange(icc, start, (int) Math.min(stop, icc.length));
      }
    }
    return null;
  }

  /** The light of each level by a tag of ICC's type {@code curv} or {@code para}. */
  private static double[] curve(byte[] tag) {
    int count = number(tag, 8);
    if (text(tag, 0).equals("para")) {
      int kind = count >> 16;
      double[] numbers = new double[new int[] {1, 3, 4, 5, 7}[kind]];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = number(tag, 12 + 4 * i) / FIXED;
      }
      return parametric(kind, numbers);
    }
    if (!text(tag, 0).equals("curv")) {
      throw new IllegalArgumentException(text(tag, 0));
    }
    if (count < 2) {
      return parametric(0, new double[] {count == 0 ? 1 : sample(tag, 0) / 256.0});
    }
    double[] light = new double[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      double place = level * (count - 1) / (LEVELS - 1.0);
      int before = (int) Math.min(place, count - 2);
      double share = place - before;
      light[level] = ((1 - share) * sample(tag, before) + share * sample(tag, before + 1)) / 65535;
    }
    return light;
  }

  /** The values of ICC's parametric curve {@code kind}, 0..4, at each level. */
  private static double[] parametric(int kind, double[] numbers) {
    double[] p = Arrays.copyOf(numbers, 7); // gamma, a, b, c, d, e, f
    if (kind == 0) {
      p[1] = 1;
    } else if (kind < 3) { // the curve starts where a x + b reaches 0; below it is constant
      double constant = kind == 2 ? p[3] : 0;
      p[3] = 0;
      p[4] = -p[2] / p[1];
      p[5] = constant;
      p[6] = constant;
    }
    double[] light = new double[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      double x = level / (LEVELS - 1.0);
      double upper = Math.pow(Math.max(p[1] * x + p[2], 0), p[0]) + p[5];
      light[level] = Math.max(0, Math.min(p[4] <= x ? upper : p[3] * x + p[6], 1));
    }
    return light;
  }

  private static int sample(byte[] tag, int i) {
    return (tag[12 + 2 * i] & 0xFF) << 8 | tag[13 + 2 * i] & 0xFF;
  }

  private static int number(byte[] data, int at) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value = value << 8 | data[at + i] & 0xFF;
    }
    return value;
  }

  private static String text(byte[] data, int at) {
    return new String(Arrays.copyOfRange(data, at, at + 4), StandardCharsets.ISO_8859_1);
  }
}
