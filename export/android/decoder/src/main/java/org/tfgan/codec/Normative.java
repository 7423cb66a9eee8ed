package org.tfgan.codec;

import java.util.ArrayList;
import java.util.List;

/** The part of a bundle that decides how streams are parsed ({@code normative.npz}). */
final class Normative {
  /** Latents per hyper-latent, along each axis. */
  static final int HYPER_STRIDE = 4;

  private static final int SCALES = 64;
  private static final int MAX_LAYERS = 16;

  /** The normative hash. */
  final byte[] hash;

  final CodingTables zTables;
  final CodingTables yTables;
  final ScaleDecoder scaleDecoder;

  /** Null as a rule. */
  final ContextModel context;

  /** Of latents. */
  final int channels;

  private final NpzArrays arrays;

  Normative(NpzArrays arrays) throws BundleException {
    this.arrays = arrays;
    hash = arrays.hash();
    zTables = tables("z");
    yTables = tables("y");
    scaleDecoder = new ScaleDecoder(layers("scale"));
    context = arrays.has("context_kernel") ? contextModel() : null;
    int features = context == null ? 1 : context.hyperFeatures;
    channels = scaleDecoder.outputs / features;
    int most = context == null ? SCALES - 1 : IntegerConv.MAX_ACTIVATION;
    int fractions = context == null ? 1 : ContextModel.FRACTIONS;
    Bundle.expect("number of y tables", yTables.rows, SCALES * fractions);
    Bundle.expect("scale decoder input", scaleDecoder.inputs, zTables.rows);
    Bundle.expect("scale decoder output", scaleDecoder.outputs, channels * features);
    Bundle.expect(
        "scale decoder maximum", scaleDecoder.maximum, Math.min(scaleDecoder.maximum, most));
    Bundle.expect("scale decoder stride", scaleDecoder.upscale, HYPER_STRIDE);
  }

  private CodingTables tables(String prefix) throws BundleException {
    NpyArray cdf = arrays.get(prefix + "_cdf");
    if (cdf.shape.length != 2) {
      throw new BundleException("table arrays have inconsistent shapes: export the bundle again");
    }
    return new CodingTables(
        cdf.shape[1], cdf.ints(), ints(prefix + "_length"), ints(prefix + "_offset"), true);
  }

  private ContextModel contextModel() throws BundleException {
    NpyArray kernel = arrays.get("context_kernel");
    return new ContextModel(
        ints("context_axes"),
        kernel.shape,
        ContextModel.seen(
            kernel.shape, kernel.ints(), ints("context_bias"), ints("context_params")),
        layers("joint"),
        layer("table", ContextModel.MAX_INDEX),
        layer("mean", ContextModel.MAX_MEAN));
  }

  /** The layers of a chain, numbered from 0. */
  private List<IntegerConv> layers(String chain) throws BundleException {
    List<IntegerConv> layers = new ArrayList<>();
    while (arrays.has(chain + layers.size() + "_kernel")) {
      if (layers.size() == MAX_LAYERS) {
        throw new BundleException("a chain has more than " + MAX_LAYERS + " layers: export again");
      }
      layers.add(layer(chain + layers.size(), IntegerConv.MAX_ACTIVATION));
    }
    return layers;
  }

  private IntegerConv layer(String name, int largestMaximum) throws BundleException {
    NpyArray kernel = arrays.get(name + "_kernel");
    return new IntegerConv(
        kernel.shape,
        kernel.ints(),
        ints(name + "_bias"),
        ints(name + "_params"),
        IntegerConv.MAX_ACTIVATION,
        largestMaximum);
  }

  private int[] ints(String name) throws BundleException {
    return arrays.get(name).ints();
  }
}
