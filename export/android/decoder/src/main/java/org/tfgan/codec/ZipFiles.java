package org.tfgan.codec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A bundle in a zip file, unpacked in memory within the limits of the format ("Bundle"). */
public final class ZipFiles implements BundleFiles {
  private static final int MAX_MEMBERS = 128;
  private static final long MAX_BYTES = 1 << 24;
  private static final int MAX_RATIO = 8;

  private final Map<String, byte[]> members = new HashMap<>();

  /**
   * Takes the contents of a zip file.
   *
   * @throws BundleException if it is damaged, or inflates to more than bundles may
   */
  public ZipFiles(byte[] file) throws BundleException {
    long left = Math.max(MAX_BYTES, (long) MAX_RATIO * file.length);
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] contents = read(zip, left);
        left -= contents.length;
        members.put(entry.getName(), contents);
        if (members.size() > MAX_MEMBERS) {
          throw new BundleException("a bundle has at most " + MAX_MEMBERS + " files: export again");
        }
      }
    } catch (IOException | IllegalArgumentException error) { // the latter for names not in UTF-8
      throw new BundleException("a zip file of the bundle is damaged: copy it again", error);
    }
  }

  @Override
  public byte[] read(String name) throws IOException {
    byte[] contents = members.get(name);
    if (contents == null) {
      throw new FileNotFoundException(name);
    }
    return contents.clone();
  }

  private static byte[] read(ZipInputStream zip, long limit) throws IOException, BundleException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    for (int count = zip.read(buffer); count >= 0; count = zip.read(buffer)) {
      out.write(buffer, 0, count);
      if (out.size() > limit) {
        throw new BundleException("a zip file of the bundle unpacks to too much: export it again");
      }
    }
    return out.toByteArray();
  }
}
