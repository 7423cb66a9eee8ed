package org.tfgan.codec;

import java.io.IOException;

/** Where the files of a bundle come from: a folder, an app's assets. */
public interface BundleFiles {
  /** The contents of the file of this name. */
  byte[] read(String name) throws IOException;
}
