package org.tfgan.codec;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A model of any kind: one {@link Bundle}, or one for each layer of its files ("Bundle in layers"
 * of the format).
 */
public final class LoadedBundle {
  private static final int LAYERED = 2;

  public final String name;

  /** Coarse to fine; one if the model has no layers. */
  public final List<Bundle> layers;

  private final byte[] modelId;

  private LoadedBundle(String name, byte[] modelId, List<Bundle> layers) throws BundleException {
    this.name = name;
    this.modelId = modelId;
    this.layers = Collections.unmodifiableList(layers);
    if (realisms().length == 0) {
      throw new BundleException("no realism has decoders in all layers of " + name);
    }
  }

  /**
   * Reads and checks a bundle.
   *
   * @throws BundleException for any file that is missing, damaged, or does not fit the others
   */
  public static LoadedBundle load(BundleFiles source) throws BundleException {
    CheckedFiles files = CheckedFiles.read(source);
    if (files.manifest.integer("format") == LAYERED) {
      return inLayers(files);
    }
    Bundle bundle = new Bundle(files.manifest, files.contents);
    return new LoadedBundle(bundle.name, bundle.modelId(), Collections.singletonList(bundle));
  }

  /** The three bytes that files of this model carry. */
  public byte[] modelId() {
    return modelId.clone();
  }

  /** The realism, in rising order, of each decoder that all layers have. */
  public double[] realisms() {
    double[] found = layers.get(0).realisms();
    for (Bundle layer : layers) {
      double[] others = layer.realisms();
      int kept = 0;
      for (double realism : found) {
        if (Arrays.binarySearch(others, realism) >= 0) {
          found[kept++] = realism;
        }
      }
      found = Arrays.copyOf(found, kept);
    }
    return found;
  }

  /** The layers, checked against the hash over theirs. */
  private static LoadedBundle inLayers(CheckedFiles files) throws BundleException {
    List<?> names = files.manifest.list("layers");
    if (names.size() < 2 || names.size() > Header.MAX_LAYERS) {
      throw new BundleException(
          "a bundle has 2 to " + Header.MAX_LAYERS + " layers, not " + names.size());
    }
    List<Bundle> layers = new ArrayList<>();
    MessageDigest digest = Hashes.sha256();
    for (Object name : names) {
      byte[] zip = files.contents.get(String.valueOf(name));
      if (zip == null) {
        throw new BundleException("the layer " + name + " is missing from files of the manifest");
      }
      Bundle layer = Bundle.load(new ZipFiles(zip));
      if (layer.contextCoder != null) {
        throw new BundleException(name + " has a context model, which a layer cannot have");
      }
      layers.add(layer);
      digest.update(layer.hash);
    }
    byte[] hash = digest.digest();
    byte[] id = Arrays.copyOf(hash, 3);
    String stored = files.manifest.string("normative_sha256");
    Bundle.expect("normative_sha256", stored, Hashes.hex(hash));
    Bundle.expect("model_id", files.manifest.string("model_id"), Hashes.hex(id));
    return new LoadedBundle(files.manifest.string("name"), id, layers);
  }
}
