package org.tfgan.codec;

/**
 * What a file keeps of a picture beside its colours: a profile, EXIF, an alpha plane. As {@code
 * metadata="basic"} of the Python package has it.
 */
public final class PictureMetadata {
  /** Nothing. */
  public static final PictureMetadata NONE = new PictureMetadata(null, null, null, null, false);

  /** A profile takes no more than one in so many of a file's bytes. */
  private static final int PROFILE_SHARE = 50;

  final byte[] icc;
  final KnownProfile profile;
  final byte[] exif;
  final byte[] alpha;

  /**
   * Whether the picture has a profile that the file is not to hold, so that its colours must be
   * converted to sRGB.
   */
  public final boolean toSrgb;

  private PictureMetadata(
      byte[] icc, KnownProfile profile, byte[] exif, byte[] alpha, boolean toSrgb) {
    this.icc = icc;
    this.profile = profile;
    this.exif = exif;
    this.alpha = alpha;
    this.toSrgb = toSrgb;
  }

  /**
   * What people would miss. sRGB profiles are left out, known ones take one byte, others are kept
   * where they take no more than 2 % of the file; of EXIF, date, camera, exposure and copyright
   * stay, not the place.
   *
   * @param maxBytes of the file that is to be made
   */
  public static PictureMetadata basic(PictureFile file, int maxBytes) throws ImageException {
    byte[] exif = file.exif == null ? null : ExifBlock.basic(file.exif);
    KnownProfile known = file.icc == null ? null : KnownProfile.recognised(file.icc);
    if (file.icc == null || known != null || KnownProfile.isSrgb(file.icc)) {
      return new PictureMetadata(null, known, exif, null, false);
    }
    boolean fits = fitsPixels(file.icc);
    if (fits && Metadata.pack(file.icc, "ICC profile").length <= maxBytes / PROFILE_SHARE) {
      return new PictureMetadata(file.icc, null, exif, null, false);
    }
    return new PictureMetadata(null, null, exif, null, true);
  }

  /** This with the alpha plane of a picture, if that is transparent anywhere. */
  public PictureMetadata withAlphaOf(PixelSource picture) {
    return new PictureMetadata(icc, profile, exif, AlphaPlane.encode(picture), toSrgb);
  }

  /** The bytes that the alpha plane takes. */
  public int alphaBytes() {
    return alpha == null ? 0 : alpha.length;
  }

  /** This for pixels that are grey or not, whose profile may be for others. */
  PictureMetadata fitting(boolean greyPixels) {
    return isForGrey() && !greyPixels
        ? new PictureMetadata(null, null, exif, alpha, toSrgb)
        : this;
  }

  /** Whether a file of grey pixels with these may say so. */
  boolean allowsGrey() {
    return isForGrey() || profile == null && icc == null;
  }

  private boolean isForGrey() {
    return icc != null ? isGrey(icc) : profile != null && profile.isGrey();
  }

  /** Readers reject or misuse a profile for other channels than a picture has. */
  private static boolean fitsPixels(byte[] icc) {
    return isGrey(icc) || PictureFile.startsWith(icc, 16, PictureFile.latin("RGB "));
  }

  private static boolean isGrey(byte[] icc) {
    return PictureFile.startsWith(icc, 16, PictureFile.latin("GRAY"));
  }
}
