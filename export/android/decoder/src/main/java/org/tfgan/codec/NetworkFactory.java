package org.tfgan.codec;

/** Starts networks. */
public interface NetworkFactory {
  /**
   * @param name what error messages call the network
   * @param tflite the contents of a {@code .tflite} file with one float32 input and output
   * @throws BundleException if the runtime refuses the file
   */
  Network start(String name, byte[] tflite) throws BundleException;
}
