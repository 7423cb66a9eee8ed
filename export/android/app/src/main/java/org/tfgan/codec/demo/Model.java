package org.tfgan.codec.demo;

import android.content.res.AssetManager;
import java.io.Closeable;
import org.tfgan.codec.BundleException;
import org.tfgan.codec.LoadedBundle;
import org.tfgan.codec.Networks;
import org.tfgan.codec.PictureDecoder;
import org.tfgan.codec.PictureEncoder;
import org.tfgan.codec.UsageException;

/** The model of the app, with its networks on TensorFlow Lite. Used by the worker thread only. */
final class Model implements Closeable {
  /** 512 x 512 pixels at a time: some 40 MB of activations, whatever the picture's size. */
  private static final int WINDOW_CELLS = 1024;

  final double[] realisms;
  final PictureDecoder decoder;
  private final LoadedBundle bundle;
  private final Networks networks;

  Model(AssetManager assets) throws BundleException {
    bundle = LoadedBundle.load(new AssetFiles(assets));
    networks = new Networks(new TfLite(), WINDOW_CELLS);
    realisms = bundle.realisms();
    decoder = new PictureDecoder(bundle, networks);
  }

  /** Makes files; not with a model in layers or with a context model. */
  PictureEncoder encoder() throws UsageException {
    return new PictureEncoder(bundle, networks);
  }

  @Override
  public void close() {
    networks.close();
  }
}
