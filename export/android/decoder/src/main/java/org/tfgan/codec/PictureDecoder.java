package org.tfgan.codec;

import java.util.Arrays;

/**
 * Decodes files in two steps: {@link #decodeSymbols} is exact, and once for a file; {@link #render}
 * makes pixels of them, with any of the model's decoders.
 */
public final class PictureDecoder {
  private final LoadedBundle model;
  private final Networks networks;

  public PictureDecoder(LoadedBundle model, Networks networks) {
    this.model = model;
    this.networks = networks;
  }

  /**
   * Reads the symbols of a file.
   *
   * @throws BitstreamException if it is damaged, or was made with another model
   * @throws ImageException if it is too large for this device
   */
  public PictureSymbols decodeSymbols(TgcFile file) throws BitstreamException, ImageException {
    if (!Arrays.equals(file.modelId, model.modelId())) {
      throw new BitstreamException(
          "the file was made with model " + Hashes.hex(file.modelId) + ", but " + model.name
              + " is " + Hashes.hex(model.modelId()));
    }
    if (file.layers != model.layers.size()) {
      throw new BitstreamException(
          "the file has " + file.layers + " layers, but those of " + model.name + " have "
              + model.layers.size() + ": it was not made with this model");
    }
    if (model.layers.size() > 1) {
      return LayeredSymbols.decode(model.layers, file);
    }
    Bundle bundle = model.layers.get(0);
    return bundle.contextCoder == null
        ? HyperpriorSymbols.decode(bundle, file)
        : ContextPictureSymbols.decode(bundle, file);
  }

  /**
   * Makes the pixels of a picture.
   *
   * @param symbols of this file
   * @param realism one of {@link LoadedBundle#realisms}: 0 is nearest to the original, 1 most
   *     realistic
   * @param sink takes pixels of the picture at the file's {@link TgcFile#scale}
   * @throws BitstreamException if the alpha plane is damaged
   * @throws BundleException if a network cannot be run
   * @throws UsageException if the bundle has no such decoder
   */
  public void render(TgcFile file, PictureSymbols symbols, double realism, PixelSink sink)
      throws TgcException {
    for (Bundle layer : model.layers) {
      layer.part(NetworkKind.SYNTHESIS, realism); // before the work, not after it
    }
    int width = Pyramid.shrunk(file.width, file.scale());
    int height = Pyramid.shrunk(file.height, file.scale());
    byte[] alpha = AlphaPlane.decode(file);
    symbols.synthesize(networks, realism, new Painter(width, height, file.grey, alpha, sink));
  }
}
