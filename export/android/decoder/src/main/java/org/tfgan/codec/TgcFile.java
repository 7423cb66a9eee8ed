package org.tfgan.codec;

/**
 * What a {@code .tgc} file says, before any model is involved. {@link Container} reads and writes
 * it. Arrays are not copied: treat them as constant.
 */
public final class TgcFile {
  /** The first three bytes of the model's normative hash. */
  public final byte[] modelId;

  /** Of the whole picture. */
  public final int width;

  public final int height;

  /** Row of the model's gains, 0..255. */
  public final int quality;

  /** Show the luma of the decoded picture. */
  public final boolean grey;

  /** ICC profile, inflated, or null. */
  public final byte[] icc;

  /** The profile where the file names one instead of holding it, or null. */
  public final KnownProfile profile;

  /** EXIF block (a TIFF structure), inflated, or null. Its orientation is already applied. */
  public final byte[] exif;

  /** The alpha plane as an 8-bit greyscale PNG file, or null. See {@link GreyPng}. */
  public final byte[] alpha;

  /** Entropy-coded symbols: one stream, or the first layers, coarse to fine; none with tiles. */
  public final byte[][] streams;

  /** How many layers the whole file has; 1 as a rule. */
  public final int layers;

  /** In place of streams, or null. They have their own parts of the alpha plane. */
  public final Tile[] tiles;

  private TgcFile(Builder builder) {
    modelId = builder.modelId;
    width = builder.width;
    height = builder.height;
    quality = builder.quality;
    grey = builder.grey;
    icc = builder.icc;
    profile = builder.profile;
    exif = builder.exif;
    alpha = builder.alpha;
    streams = builder.streams;
    layers = builder.layers;
    tiles = builder.tiles;
  }

  /** How much smaller than the whole picture the streams' picture is: 1, 2, 4 or 8. */
  public int scale() {
    return tiles != null ? 1 : 1 << (layers - streams.length);
  }

  /** Whether the file has an alpha plane. */
  public boolean transparent() {
    return alpha != null || tiles != null && tiles[0].alpha != null;
  }

  /** A builder with this file's contents, to change some of them. */
  public Builder toBuilder() {
    Builder builder = new Builder(modelId, width, height);
    builder.quality = quality;
    builder.grey = grey;
    builder.icc = icc;
    builder.profile = profile;
    builder.exif = exif;
    builder.alpha = alpha;
    builder.streams = streams;
    builder.layers = layers;
    builder.tiles = tiles;
    return builder;
  }

  /** Collects the fields of a file; whether they make sense is checked by {@link Container}. */
  public static final class Builder {
    private byte[] modelId;
    private int width;
    private int height;
    private int quality;
    private boolean grey;
    private byte[] icc;
    private KnownProfile profile;
    private byte[] exif;
    private byte[] alpha;
    private byte[][] streams = {{}};
    private int layers = 1;
    private Tile[] tiles;

    public Builder(byte[] modelId, int width, int height) {
      this.modelId = modelId;
      this.width = width;
      this.height = height;
    }

    public Builder modelId(byte[] value) {
      modelId = value;
      return this;
    }

    public Builder size(int newWidth, int newHeight) {
      width = newWidth;
      height = newHeight;
      return this;
    }

    public Builder quality(int value) {
      quality = value;
      return this;
    }

    public Builder grey(boolean value) {
      grey = value;
      return this;
    }

    public Builder icc(byte[] value) {
      icc = value;
      return this;
    }

    public Builder profile(KnownProfile value) {
      profile = value;
      return this;
    }

    public Builder exif(byte[] value) {
      exif = value;
      return this;
    }

    public Builder alpha(byte[] value) {
      alpha = value;
      return this;
    }

    /** The one stream of an ordinary file. */
    public Builder stream(byte[] value) {
      streams = new byte[][] {value};
      return this;
    }

    Builder streams(byte[][] value) {
      streams = value;
      return this;
    }

    Builder layers(int value) {
      layers = value;
      return this;
    }

    Builder tiles(Tile[] value) {
      tiles = value;
      return this;
    }

    public TgcFile build() {
      return new TgcFile(this);
    }
  }
}
