package org.tfgan.codec;

/** Encodes pictures, with models of one layer and without a context model. */
public final class PictureEncoder {
  private static final int MAX_Z = 127;
  /** Decoded values must fit a float exactly. */
  private static final int MAX_RESIDUAL = 1 << 20;

  private final Bundle bundle;
  private final Networks networks;

  /**
   * @throws UsageException if files of this model are in layers or need a context model
   */
  public PictureEncoder(LoadedBundle model, Networks networks) throws UsageException {
    if (model.layers.size() != 1 || model.layers.get(0).contextCoder != null) {
      throw new UsageException(model.name + " makes files that can only be decoded here");
    }
    bundle = model.layers.get(0);
    this.networks = networks;
  }

  /**
   * The best file of at most {@code maxBytes}, metadata included.
   *
   * @throws ImageException if the picture is too large for the format or this device
   * @throws UsageException if no file is that small; the message says how small the smallest is
   */
  public byte[] encodeWithin(PixelSource picture, PictureMetadata metadata, int maxBytes)
      throws TgcException {
    checkSize(picture);
    FloatGrid latents = analyse(picture, metadata);
    TgcFile.Builder file = builder(picture, metadata);
    int overhead = Container.pack(file.build()).length;
    int quality =
        QualitySearch.best(
            q -> bundle.coder.estimateBits(quantise(latents, q)) / 8,
            maxBytes - overhead,
            Bundle.QUALITIES);
    byte[] blob = encode(file, latents, quality);
    while (blob.length > maxBytes && quality > 0) { // the estimate was a few bytes low
      blob = encode(file, latents, --quality);
    }
    if (blob.length > maxBytes) {
      throw new UsageException(
          maxBytes + " bytes are too few; the smallest file has " + blob.length + " bytes");
    }
    return blob;
  }

  /**
   * The file at a quality level, 0..255.
   *
   * @throws ImageException if the picture is too large for the format or this device
   */
  public byte[] encode(PixelSource picture, PictureMetadata metadata, int quality)
      throws TgcException {
    checkSize(picture);
    if (quality < 0 || quality >= Bundle.QUALITIES) {
      throw new UsageException("quality must be in 0.." + (Bundle.QUALITIES - 1));
    }
    return encode(builder(picture, metadata), analyse(picture, metadata), quality);
  }

  private byte[] encode(TgcFile.Builder file, FloatGrid latents, int quality)
      throws TgcException {
    byte[] stream = bundle.coder.encode(quantise(latents, quality));
    return Container.pack(file.quality(quality).stream(stream).build());
  }

  /** A file of a picture, but for its stream. */
  private TgcFile.Builder builder(PixelSource picture, PictureMetadata metadata) {
    boolean grey = isGrey(picture);
    PictureMetadata kept = metadata.fitting(grey);
    return new TgcFile.Builder(bundle.modelId(), picture.width(), picture.height())
        .grey(grey && kept.allowsGrey())
        .icc(kept.icc)
        .profile(kept.profile)
        .exif(kept.exif)
        .alpha(kept.alpha);
  }

  /** Whether red, green and blue are equal everywhere. */
  private static boolean isGrey(PixelSource picture) {
    int[] row = new int[picture.width()];
    for (int y = 0; y < picture.height(); y++) {
      picture.get(row, 0, y, row.length, 1);
      for (int argb : row) {
        if ((argb >> 8 & 0xFFFF) != (argb & 0xFFFF)) {
          return false;
        }
      }
    }
    return true;
  }

  private void checkSize(PixelSource picture) throws ImageException {
    if (!Header.holds(picture.width(), picture.height())) {
      throw new ImageException(
          String.format(
              "a picture of %dx%d pixels is not supported; the format holds %s",
              picture.width(), picture.height(), Header.BOUNDS));
    }
    bundle.coder.checkMemory(Bundle.latents(picture.height()), Bundle.latents(picture.width()));
  }

  private FloatGrid analyse(PixelSource picture, PictureMetadata metadata) throws TgcException {
    PixelSource seen = metadata.alpha == null ? picture : FilledPixels.of(picture);
    int height = Bundle.latents(picture.height());
    int width = Bundle.latents(picture.width());
    FloatGrid latents = new FloatGrid(height, width, bundle.channels);
    networks.run(bundle, NetworkKind.ANALYSIS, 0, new PaddedPicture(seen), latents::paste);
    return latents;
  }

  /** Rounds latents at a quality level to what is coded. */
  private Symbols quantise(FloatGrid latents, int quality) throws TgcException {
    ScaledLatents scaled = new ScaledLatents(bundle, latents, quality);
    int[] z = hyperLatents(scaled);
    byte[] indexes = bundle.coder.indexes(z, latents.height, latents.width);
    int[] residuals = new int[indexes.length];
    Symbols symbols =
        bundle.coder.symbols(latents.height, latents.width, z, indexes, residuals);
    Means means = new Means(bundle, networks, symbols);
    int rowValues = latents.width * latents.channels;
    // In bands, so that means and scaled latents of a large picture never exist whole.
    int band = NetworkKind.MEAN.out * 16;
    for (int top = 0; top < latents.height; top += band) {
      int height = Math.min(band, latents.height - top);
      FloatGrid mu = means.window(top, 0, height, latents.width);
      FloatGrid v = scaled.window(top, 0, height, latents.width);
      for (int i = 0; i < height * rowValues; i++) {
        int at = top * rowValues + i;
        if (indexes[at] != 0) {
          residuals[at] = round(v.values[i] - mu.values[i], MAX_RESIDUAL);
        }
      }
    }
    return symbols;
  }

  private int[] hyperLatents(ScaledLatents scaled) throws TgcException {
    int width = scaled.width() / NetworkKind.HYPER_ANALYSIS.cell;
    int height = scaled.height() / NetworkKind.HYPER_ANALYSIS.cell;
    int[] z = new int[height * width * bundle.hyperChannels];
    networks.run(
        bundle,
        NetworkKind.HYPER_ANALYSIS,
        0,
        scaled,
        (part, top, left) -> {
          for (int y = 0; y < part.height; y++) {
            int to = ((top + y) * width + left) * part.channels;
            for (int i = 0; i < part.width * part.channels; i++) {
              z[to + i] = round(part.values[part.at(y, 0) + i], MAX_Z);
            }
          }
        });
    return z;
  }

  /** floor(x + 1/2), clipped to +-limit. */
  private static int round(float x, int limit) {
    return (int) Math.max(-limit, Math.min(limit, Math.floor(x + 0.5f)));
  }
}
