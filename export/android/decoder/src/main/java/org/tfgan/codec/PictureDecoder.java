package org.tfgan.codec;

import java.util.Arrays;

/**
 * Decodes files in two steps: {@link #decodeSymbols} is exact, and once for a file; {@link #render}
 * makes pixels of them, with any of the bundle's decoders.
 */
public final class PictureDecoder {
  private final Bundle bundle;
  private final Networks networks;

  public PictureDecoder(Bundle bundle, Networks networks) {
    this.bundle = bundle;
    this.networks = networks;
  }

  /**
   * Reads the symbols of a file.
   *
   * @throws BitstreamException if it is damaged, or was made with another model
   * @throws ImageException if it is too large for this device
   */
  public Symbols decodeSymbols(TgcFile file) throws BitstreamException, ImageException {
    if (!Arrays.equals(file.modelId, bundle.modelId())) {
      throw new BitstreamException(
          "the file was made with model " + Hashes.hex(file.modelId) + ", but " + bundle.name
              + " is " + Hashes.hex(bundle.modelId()));
    }
    return bundle.coder.decode(file.stream, latents(file.height), latents(file.width));
  }

  /**
   * Makes the pixels of a picture.
   *
   * @param symbols of this file
   * @param realism one of {@link Bundle#realisms}: 0 is nearest to the original, 1 most realistic
   * @throws BitstreamException if the alpha plane is damaged
   * @throws BundleException if a network cannot be run
   * @throws UsageException if the bundle has no such decoder
   */
  public void render(TgcFile file, Symbols symbols, double realism, PixelSink sink)
      throws TgcException {
    bundle.part(NetworkKind.SYNTHESIS, realism); // before the work, not after it
    byte[] alpha =
        file.alpha == null ? null : GreyPng.decode(file.alpha, file.width, file.height);
    networks.run(
        NetworkKind.SYNTHESIS,
        realism,
        new DecodedLatents(bundle, networks, symbols, file.quality),
        new Painter(file, alpha, sink));
  }

  private static int latents(int pixels) {
    return (pixels + Bundle.STRIDE - 1) / Bundle.STRIDE;
  }
}
