package org.tfgan.codec;

/** The colour profiles that a file names by a number ("Known profiles" of the format). */
public enum KnownProfile {
  DISPLAY_P3(1, "Display P3"),
  ADOBE_RGB(2, "Adobe RGB (1998)"),
  PROPHOTO_RGB(3, "ProPhoto RGB"),
  GREY_GAMMA_2_2(4, "Gray Gamma 2.2"),
  GREY_GAMMA_1_8(5, "Gray Gamma 1.8");

  /** A number below this stands in place of the length of a chunk: no deflated data is so short. */
  static final int NUMBERS = 8;

  /** The number in the file. */
  public final int number;

  /** What people call it. */
  public final String title;

  KnownProfile(int number, String title) {
    this.number = number;
    this.title = title;
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
