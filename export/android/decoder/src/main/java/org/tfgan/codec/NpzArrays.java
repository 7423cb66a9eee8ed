package org.tfgan.codec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The arrays of an {@code .npz} file (a zip of {@code .npy} files), by name, in order of names. */
final class NpzArrays {
  private static final String SUFFIX = ".npy";

  private final Map<String, NpyArray> arrays = new TreeMap<>();

  NpzArrays(byte[] file) throws BundleException {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name = entry.getName();
        if (name.endsWith(SUFFIX)) {
          String stem = name.substring(0, name.length() - SUFFIX.length());
          arrays.put(stem, NpyArray.parse(readFully(zip)));
        }
      }
    } catch (IOException | IllegalArgumentException error) { // the latter for names not in UTF-8
      throw new BundleException("an archive of arrays is damaged: copy the bundle again", error);
    }
  }

  boolean has(String name) {
    return arrays.containsKey(name);
  }

  NpyArray get(String name) throws BundleException {
    NpyArray array = arrays.get(name);
    if (array == null) {
      throw new BundleException("the array " + name + " is missing: export the bundle again");
    }
    return array;
  }

  /** The normative hash of the format: SHA-256 of names, types, shapes and elements. */
  byte[] hash() {
    MessageDigest digest = Hashes.sha256();
    for (Map.Entry<String, NpyArray> entry : arrays.entrySet()) {
      NpyArray array = entry.getValue();
      StringBuilder shape = new StringBuilder();
      for (int size : array.shape) {
        shape.append(shape.length() > 0 ? "," : "").append(size);
      }
      String text = entry.getKey() + '\0' + array.type + '\0' + shape + '\0';
      digest.update(text.getBytes(StandardCharsets.UTF_8));
      digest.update(array.bytes());
    }
    return digest.digest();
  }

  private static byte[] readFully(InputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      out.write(buffer, 0, count);
    }
    return out.toByteArray();
  }
}
