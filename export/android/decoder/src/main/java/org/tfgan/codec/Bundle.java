package org.tfgan.codec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model: everything a codec needs to run ("Bundle" of the format), checked as it is loaded. The
 * files are those the Python codec reads, as they are: a second, simpler format for Java alone
 * would have to be kept in step with the first.
 */
public final class Bundle {
  /** Quality levels: rows of the gains. */
  public static final int QUALITIES = 256;

  /** Pixels per latent, along each axis. */
  public static final int STRIDE = 16;

  private static final int FORMAT = 1;
  private static final int SCALES = 64;
  private static final int HYPER_STRIDE = 4;

  public final String name;
  public final SymbolCoder coder;

  /** Numbers of latent and hyper-latent channels. */
  public final int channels;

  public final int hyperChannels;
  private final byte[] modelId;
  private final float[] gain;
  private final float[] inverseGain;
  private final List<BundlePart> parts = new ArrayList<>();

  private Bundle(Manifest manifest, Map<String, byte[]> files) throws BundleException {
    name = manifest.string("name");
    NpzArrays normative = new NpzArrays(file(files, "normative.npz"));
    byte[] hash = normative.hash();
    expect("normative_sha256", manifest.string("normative_sha256"), Hashes.hex(hash));
    modelId = Arrays.copyOf(hash, 3);
    CodingTables zTables = tables(normative, "z");
    CodingTables yTables = tables(normative, "y");
    ScaleDecoder scales = scaleDecoder(normative);
    coder = new SymbolCoder(zTables, yTables, scales);
    channels = scales.outputs;
    hyperChannels = zTables.rows;
    NpzArrays gains = new NpzArrays(file(files, "gains.npz"));
    gain = gains(gains.get("gain"));
    inverseGain = gains(gains.get("inverse_gain"));

    expect("model_id", manifest.string("model_id"), Hashes.hex(modelId));
    expect("latent_channels", manifest.integer("latent_channels"), channels);
    expect("hyper_channels", manifest.integer("hyper_channels"), hyperChannels);
    expect("stride", manifest.integer("stride"), STRIDE);
    expect("hyper_stride", manifest.integer("hyper_stride"), HYPER_STRIDE);
    expect("number of y tables", yTables.rows, SCALES);
    expect("scale decoder input", scales.inputs, hyperChannels);
    expect("scale decoder maximum", scales.maximum, Math.min(scales.maximum, SCALES - 1));
    expect("scale decoder stride", scales.upscale, HYPER_STRIDE);
    readParts(manifest.child("networks"), files);
  }

  /**
   * Reads and checks a bundle.
   *
   * @throws BundleException for any file that is missing, damaged, or does not fit the others
   */
  public static Bundle load(BundleFiles source) throws BundleException {
    Manifest manifest =
        Manifest.parse(new String(read(source, "manifest.json"), StandardCharsets.UTF_8));
    expect("bundle format", manifest.integer("format"), FORMAT);
    Manifest hashes = manifest.child("files");
    Map<String, byte[]> files = new TreeMap<>();
    for (Object key : hashes.keys()) {
      String file = key.toString();
      if (file.contains("/") || file.contains("\\")) {
        throw new BundleException("'" + file + "' is not a plain file name");
      }
      byte[] contents = read(source, file);
      if (!Hashes.sha256(contents).equals(hashes.string(file))) {
        throw new BundleException(file + " is damaged (its hash is wrong); copy the bundle again");
      }
      files.put(file, contents);
    }
    return new Bundle(manifest, files);
  }

  /** The three bytes that files of this model carry. */
  public byte[] modelId() {
    return modelId.clone();
  }

  /** The realism of each decoder in the bundle, in rising order. */
  public double[] realisms() {
    List<Double> found = new ArrayList<>();
    for (BundlePart part : parts) {
      if (part.kind == NetworkKind.SYNTHESIS) {
        found.add(part.realism);
      }
    }
    Collections.sort(found);
    double[] result = new double[found.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = found.get(i);
    }
    return result;
  }

  /** What latent {@code channel} is multiplied with before rounding at a quality level. */
  float gain(int quality, int channel) {
    return gain[quality * channels + channel];
  }

  /** What a decoded latent is multiplied with. */
  float inverseGain(int quality, int channel) {
    return inverseGain[quality * channels + channel];
  }

  /**
   * One of the networks.
   *
   * @param realism which decoder, for {@link NetworkKind#SYNTHESIS}; otherwise 0
   */
  BundlePart part(NetworkKind kind, double realism) throws UsageException {
    for (BundlePart part : parts) {
      if (part.kind == kind && part.realism == realism) {
        return part;
      }
    }
    throw new UsageException(
        String.format(
            Locale.ROOT, "%s has no decoder of realism %s; it has: %s",
            name, realism, Arrays.toString(realisms())));
  }

  private void readParts(Manifest networks, Map<String, byte[]> files) throws BundleException {
    for (NetworkKind kind : NetworkKind.values()) {
      if (kind == NetworkKind.SYNTHESIS) {
        for (Object entry : networks.list(kind.key)) {
          Manifest part = Manifest.of(entry, kind.key);
          addPart(kind, part.number("realism"), part, files);
        }
      } else {
        addPart(kind, 0, networks.child(kind.key), files);
      }
    }
    if (realisms().length == 0) {
      throw new BundleException("the synthesis network is missing: export the bundle again");
    }
  }

  private void addPart(NetworkKind kind, double realism, Manifest part, Map<String, byte[]> files)
      throws BundleException {
    int halo = part.integer("halo");
    if (halo < 0) {
      throw new BundleException("the halo of a network is " + halo + ": export again");
    }
    parts.add(new BundlePart(kind, realism, file(files, part.string("file")), halo));
  }

  private float[] gains(NpyArray array) throws BundleException {
    expect("shape of gains", Arrays.toString(array.shape),
        Arrays.toString(new int[] {QUALITIES, channels}));
    return array.floats();
  }

  private static CodingTables tables(NpzArrays arrays, String prefix) throws BundleException {
    NpyArray cdf = arrays.get(prefix + "_cdf");
    if (cdf.shape.length != 2) {
      throw new BundleException("table arrays have inconsistent shapes: export the bundle again");
    }
    return new CodingTables(
        cdf.shape[1],
        cdf.ints(),
        arrays.get(prefix + "_length").ints(),
        arrays.get(prefix + "_offset").ints(),
        true);
  }

  private static ScaleDecoder scaleDecoder(NpzArrays arrays) throws BundleException {
    List<IntegerConv> layers = new ArrayList<>();
    for (int i = 0; arrays.has("scale" + i + "_kernel"); i++) {
      NpyArray kernel = arrays.get("scale" + i + "_kernel");
      int[] bias = arrays.get("scale" + i + "_bias").ints();
      int[] params = arrays.get("scale" + i + "_params").ints();
      expect("length of scale decoder parameters", params.length, 3);
      layers.add(
          new IntegerConv(kernel.shape, kernel.ints(), bias, params[0], params[1], params[2]));
    }
    return new ScaleDecoder(layers);
  }

  private static byte[] read(BundleFiles source, String name) throws BundleException {
    try {
      return source.read(name);
    } catch (IOException error) {
      throw new BundleException(name + " of the bundle cannot be read: copy it again", error);
    }
  }

  private static byte[] file(Map<String, byte[]> files, String name) throws BundleException {
    byte[] contents = files.get(name);
    if (contents == null) {
      throw new BundleException(name + " is not in the bundle: export it again");
    }
    return contents;
  }

  private static void expect(String what, Object found, Object expected) throws BundleException {
    if (!found.equals(expected)) {
      throw new BundleException(what + " is " + found + ", expected " + expected);
    }
  }
}
