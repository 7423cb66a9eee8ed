package org.tfgan.codec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** The files of a bundle, whose hashes its manifest has. */
final class CheckedFiles {
  private static final int MAX_FILES = 64;

  final Manifest manifest;

  /** By name, all but the manifest. */
  final Map<String, byte[]> contents = new TreeMap<>();

  private CheckedFiles(Manifest manifest) {
    this.manifest = manifest;
  }

  /**
   * Reads all files and compares their hashes.
   *
   * @throws BundleException for any file that is missing or damaged
   */
  static CheckedFiles read(BundleFiles source) throws BundleException {
    byte[] text = read(source, "manifest.json");
    CheckedFiles files =
        new CheckedFiles(Manifest.parse(new String(text, StandardCharsets.UTF_8)));
    Manifest hashes = files.manifest.child("files");
    for (Object key : hashes.keys()) {
      String name = key.toString();
      if (name.contains("/") || name.contains("\\")) {
        throw new BundleException("'" + name + "' is not a plain file name");
      }
      byte[] found = read(source, name);
      if (!Hashes.sha256(found).equals(hashes.string(name))) {
        throw new BundleException(name + " is damaged (its hash is wrong); copy the bundle again");
      }
      files.contents.put(name, found);
      if (files.contents.size() > MAX_FILES) {
        throw new BundleException("a bundle has at most " + MAX_FILES + " files: export it again");
      }
    }
    return files;
  }

  private static byte[] read(BundleFiles source, String name) throws BundleException {
    try {
      return source.read(name);
    } catch (IOException error) {
      throw new BundleException(name + " of the bundle cannot be read: copy it again", error);
    }
  }
}
