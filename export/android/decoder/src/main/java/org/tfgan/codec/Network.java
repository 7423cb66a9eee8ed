package org.tfgan.codec;

import java.io.Closeable;

/**
 * A started neural network. The library knows no runtime: an app implements this with TensorFlow
 * Lite's interpreter, the tests with its C library.
 */
public interface Network extends Closeable {
  /**
   * Runs the network. The input's size may change from call to call; its channels do not.
   *
   * @throws BundleException if the runtime refuses
   */
  FloatGrid run(FloatGrid input) throws BundleException;

  @Override
  void close();
}
