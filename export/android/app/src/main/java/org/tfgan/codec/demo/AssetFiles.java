package org.tfgan.codec.demo;

import android.content.res.AssetManager;
import java.io.IOException;
import java.io.InputStream;
import org.tfgan.codec.BundleFiles;

/** The bundle among the app's assets, where {@code python -m export.android} put it. */
final class AssetFiles implements BundleFiles {
  private static final String FOLDER = "bundle/";

  private final AssetManager assets;

  AssetFiles(AssetManager assets) {
    this.assets = assets;
  }

  @Override
  public byte[] read(String name) throws IOException {
    try (InputStream in = assets.open(FOLDER + name)) {
      return Streams.readFully(in, Integer.MAX_VALUE);
    }
  }
}
