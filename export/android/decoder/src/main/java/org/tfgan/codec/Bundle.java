package org.tfgan.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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

  /** The format of bundles with a context model. */
  private static final int CONTEXT = 3;

  public final String name;

  /** Codes hyper-latents, and what follows from them. */
  public final SymbolCoder coder;

  /** Of models with a context model, which codes their latents; null for others. */
  final ContextCoder contextCoder;

  /** Numbers of latent and hyper-latent channels. */
  public final int channels;

  public final int hyperChannels;

  /** The normative hash, and the three bytes of it that files carry. */
  final byte[] hash;

  private final byte[] modelId;
  private final float[] gain;
  private final float[] inverseGain;
  private final List<BundlePart> parts = new ArrayList<>();

  Bundle(Manifest manifest, Map<String, byte[]> files) throws BundleException {
    name = manifest.string("name");
    int format = manifest.integer("format");
    expect("bundle format", format, format == CONTEXT ? CONTEXT : FORMAT);
    Normative normative = new Normative(new NpzArrays(file(files, "normative.npz")));
    hash = normative.hash;
    expect("normative_sha256", manifest.string("normative_sha256"), Hashes.hex(hash));
    modelId = Arrays.copyOf(hash, 3);
    coder = new SymbolCoder(normative.zTables, normative.yTables, normative.scaleDecoder);
    channels = normative.channels;
    hyperChannels = normative.zTables.rows;
    contextCoder =
        normative.context == null
            ? null
            : new ContextCoder(coder, normative.yTables, normative.context, channels);
    NpzArrays gains = new NpzArrays(file(files, "gains.npz"));
    gain = gains(gains.get("gain"));
    inverseGain = gains(gains.get("inverse_gain"));

    expect("bundle format", format, contextCoder == null ? FORMAT : CONTEXT);
    expect("model_id", manifest.string("model_id"), Hashes.hex(modelId));
    expect("latent_channels", manifest.integer("latent_channels"), channels);
    expect("hyper_channels", manifest.integer("hyper_channels"), hyperChannels);
    expect("stride", manifest.integer("stride"), STRIDE);
    expect("hyper_stride", manifest.integer("hyper_stride"), Normative.HYPER_STRIDE);
    readParts(manifest.child("networks"), files);
  }

  /**
   * Reads and checks a bundle. {@link LoadedBundle} reads those in layers, too.
   *
   * @throws BundleException for any file that is missing, damaged, or does not fit the others
   */
  public static Bundle load(BundleFiles source) throws BundleException {
    CheckedFiles files = CheckedFiles.read(source);
    return new Bundle(files.manifest, files.contents);
  }

  /** A side of a picture in latents. */
  static int latents(int pixels) {
    return (pixels + STRIDE - 1) / STRIDE;
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
      } else if (kind != NetworkKind.MEAN || contextCoder == null) {
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

  private static byte[] file(Map<String, byte[]> files, String name) throws BundleException {
    byte[] contents = files.get(name);
    if (contents == null) {
      throw new BundleException(name + " is not in the bundle: export it again");
    }
    return contents;
  }

  static void expect(String what, Object found, Object expected) throws BundleException {
    if (!found.equals(expected)) {
      throw new BundleException(what + " is " + found + ", expected " + expected);
    }
  }
}
