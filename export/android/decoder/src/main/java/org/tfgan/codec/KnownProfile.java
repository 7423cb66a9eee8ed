package org.tfgan.codec;

/** The colour profiles that a file names by a number ("Known profiles" of the format). */
public enum KnownProfile {
  DISPLAY_P3(
      1,
      "Display P3",
      new int[] {33759, 15807, -69, 19135, 45367, 2745, 10296, 4363, 51385},
      2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
  ADOBE_RGB(
      2,
      "Adobe RGB (1998)",
      new int[] {39960, 20389, 1276, 13453, 41004, 3989, 9777, 4143, 48795},
      2 + 51 / 256.0),
  PROPHOTO_RGB(
      3,
      "ProPhoto RGB",
      new int[] {52279, 18878, 0, 8858, 46653, 1, 2053, 5, 54060},
      1 + 205 / 256.0),
  GREY_GAMMA_2_2(4, "Gray Gamma 2.2", null, 2 + 51 / 256.0),
  GREY_GAMMA_1_8(5, "Gray Gamma 1.8", null, 1 + 205 / 256.0);

  /** A number below this stands in place of the length of a chunk: no deflated data is so short. */
  static final int NUMBERS = 8;

  /** The number in the file. */
  public final int number;

  /** What people call it. */
  public final String title;

  private final int[] colorants;
  private final double[] curve;

  /** See {@link ColourMeaning#of(int[], double[])}. */
  KnownProfile(int number, String title, int[] colorants, double... curve) {
    this.number = number;
    this.title = title;
    this.colorants = colorants;
    this.curve = curve;
  }

  /** The known profile that an ICC profile describes, as far as anybody sees; null for others. */
  static KnownProfile recognised(byte[] icc) {
    ColourMeaning meaning = ColourMeaning.of(icc);
    for (KnownProfile profile : values()) {
      if (meaning != null
          && meaning.sameAs(ColourMeaning.of(profile.colorants, profile.curve))) {
        return profile;
      }
    }
    return null;
  }

  boolean isGrey() {
    return colorants == null;
  }

  /** Whether an ICC profile says no more than no profile does. */
  static boolean isSrgb(byte[] icc) {
    ColourMeaning meaning = ColourMeaning.of(icc);
    return meaning != null
        && (meaning.sameAs(ColourMeaning.of(Srgb.COLORANTS, Srgb.CURVE))
            || meaning.sameAs(ColourMeaning.of(null, Srgb.CURVE)));
  }

  /** What pictures without a profile are in. */
  private static final class Srgb {
    static final int[] COLORANTS = {28576, 14581, 912, 25239, 46983, 6361, 9375, 3972, 46787};
    static final double[] CURVE = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  }

  static KnownProfile of(long number) throws BitstreamException {
    for (KnownProfile profile : values()) {
      if (profile.number == number) {
        return profile;
      }
    }
    throw new BitstreamException(
        "the file names colour profile number " + number + ", which this version does not know");
  }
}
