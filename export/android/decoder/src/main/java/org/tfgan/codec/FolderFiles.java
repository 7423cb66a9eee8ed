package org.tfgan.codec;

import java.io.DataInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;

/** A bundle in a folder. */
public final class FolderFiles implements BundleFiles {
  private final File folder;

  public FolderFiles(File folder) {
    this.folder = folder;
  }

  @Override
  public byte[] read(String name) throws IOException {
    File file = new File(folder, name);
    byte[] contents = new byte[(int) file.length()];
    try (DataInputStream in = new DataInputStream(new FileInputStream(file))) {
      in.readFully(contents);
    }
    return contents;
  }
}
