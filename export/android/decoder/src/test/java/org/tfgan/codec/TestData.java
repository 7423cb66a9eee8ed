package org.tfgan.codec;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The fixtures under {@code tests/data}, which all implementations of the format share. */
final class TestData {
  private static final File DATA = new File(System.getProperty("tgc.root", "../../.."), "tests/data");

  private TestData() {}

  static File tinyFolder() {
    return new File(DATA, "tiny");
  }

  static Bundle tiny() throws BundleException {
    return Bundle.load(new FolderFiles(tinyFolder()));
  }

  /** The models of the golden files, by name: tiny, layered, context. */
  static LoadedBundle model(String name) throws Exception {
    switch (name) {
      case "layered":
        return LoadedBundle.load(layered(3));
      case "context":
        return LoadedBundle.load(new ZipFiles(file("context/bundle.zip")));
      default:
        return LoadedBundle.load(new FolderFiles(tinyFolder()));
    }
  }

  /** The bundle of a model in so many layers, each of them tiny. */
  static BundleFiles layered(int count) throws Exception {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(zipped)) {
      for (File file : tinyFolder().listFiles()) {
        zip.putNextEntry(new ZipEntry(file.getName()));
        zip.write(Files.readAllBytes(file.toPath()));
      }
    }
    byte[] layer = zipped.toByteArray();
    byte[] hashes = new byte[0];
    StringBuilder names = new StringBuilder();
    StringBuilder files = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      String comma = i == 1 ? "" : ", ";
      hashes = join(hashes, tiny().hash);
      names.append(String.format("%s\"layer%d.zip\"", comma, i));
      files.append(String.format("%s\"layer%d.zip\": \"%s\"", comma, i, Hashes.sha256(layer)));
    }
    String hash = Hashes.sha256(hashes);
    String manifest =
        String.format(
            "{\"format\": 2, \"name\": \"layered\", \"layers\": [%s], \"files\": {%s}, "
                + "\"normative_sha256\": \"%s\", \"model_id\": \"%s\", \"info\": {}}",
            names, files, hash, hash.substring(0, 6));
    return name -> name.equals("manifest.json") ? latin(manifest) : layer.clone();
  }

  /** A file of {@code tests/data}. */
  static byte[] file(String path) throws IOException {
    return Files.readAllBytes(new File(DATA, path).toPath());
  }

  static List<Manifest> vectors(String name) throws Exception {
    return objects("vectors/" + name + ".json");
  }

  static List<Manifest> golden() throws Exception {
    return objects("golden/golden.json");
  }

  static byte[] goldenFile(String name) throws IOException {
    return file("golden/" + name);
  }

  static TgcFile goldenTgc(String name) throws Exception {
    return Container.parse(goldenFile(name + ".tgc"));
  }

  static Symbols symbols(Bundle bundle, TgcFile file) throws Exception {
    return bundle.coder.decode(file.streams[0], (file.height + 15) / 16, (file.width + 15) / 16);
  }

  /** A nest of lists of numbers, as one array. */
  static int[] ints(Object json) {
    List<Integer> flat = new ArrayList<>();
    flatten(json, flat);
    int[] result = new int[flat.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = flat.get(i);
    }
    return result;
  }

  static byte[] unhex(String text) {
    byte[] result = new byte[text.length() / 2];
    for (int i = 0; i < result.length; i++) {
      result[i] = (byte) Integer.parseInt(text.substring(2 * i, 2 * i + 2), 16);
    }
    return result;
  }

  /** Text in which each character is a byte. */
  static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.write(part, 0, part.length);
    }
    return out.toByteArray();
  }

  static byte[] varint(long value) {
    ByteWriter out = new ByteWriter();
    out.varint(value);
    return out.toByteArray();
  }

  /** The body of a file followed by the checksum that makes it whole. */
  static byte[] withCrc(byte[]... body) {
    byte[] joined = join(body);
    CRC32 crc = new CRC32();
    crc.update(joined);
    byte[] tail = new byte[4];
    for (int i = 0; i < 4; i++) {
      tail[i] = (byte) (crc.getValue() >>> (8 * i));
    }
    return join(joined, tail);
  }

  private static List<Manifest> objects(String path) throws Exception {
    byte[] text = file(path);
    List<Manifest> result = new ArrayList<>();
    for (Object entry : (List<?>) Json.parse(new String(text, StandardCharsets.UTF_8))) {
      result.add(Manifest.of(entry, path));
    }
    return result;
  }

  private static void flatten(Object json, List<Integer> into) {
    if (json instanceof List) {
      for (Object entry : (List<?>) json) {
        flatten(entry, into);
      }
    } else {
      into.add(((Double) json).intValue());
    }
  }
}
