package org.tfgan.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BundleTest {
  /** Files that replace those of the folder; null for one that is missing. */
  private final Map<String, byte[]> changed = new HashMap<>();

  private final BundleFiles folder = new FolderFiles(TestData.tinyFolder());
  private String manifest;

  @BeforeEach
  void readManifest() throws Exception {
    manifest = new String(folder.read("manifest.json"), StandardCharsets.UTF_8);
  }

  private Bundle load() throws BundleException {
    return Bundle.load(
        name -> {
          if (!changed.containsKey(name)) {
            return folder.read(name);
          }
          if (changed.get(name) == null) {
            throw new FileNotFoundException(name);
          }
          return changed.get(name);
        });
  }

  private void refused(String message) {
    BundleException error = assertThrows(BundleException.class, this::load);
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  private void refusedManifest(String text, String message) {
    changed.put("manifest.json", text.getBytes(StandardCharsets.UTF_8));
    refused(message);
  }

  @Test
  void facts() throws Exception {
    Bundle tiny = load();
    assertEquals("tiny", tiny.name);
    assertArrayEquals(new double[] {0, 1}, tiny.realisms());
    assertEquals(12, tiny.channels);
    assertEquals(4, tiny.hyperChannels);
    assertArrayEquals(TestData.unhex("016a4d"), tiny.modelId());
  }

  @Test
  void everyFileIsChecked() throws Exception {
    String[] files = {
      "normative.npz", "gains.npz", "analysis.tflite", "hyper_analysis.tflite", "mean.tflite",
      "synthesis-0.tflite", "synthesis-1.tflite",
    };
    for (String file : files) {
      byte[] contents = folder.read(file);
      contents[contents.length - 1] ^= 1;
      changed.put(file, contents);
      refused(file + " is damaged");
      changed.put(file, null);
      refused(file + " of the bundle cannot be read");
      changed.remove(file);
    }
    changed.put("manifest.json", null);
    refused("manifest.json of the bundle cannot be read");
  }

  @Test
  void badManifests() {
    refusedManifest(manifest.replace("\"format\": 1", "\"format\": 2"), "format is 2");
    refusedManifest(manifest.replace("\"format\": 1", "\"format\": 1.5"), "format is 1.5");
    refusedManifest(manifest.replace("\"016a4d\"", "\"000000\""), "model_id is 000000");
    refusedManifest(manifest.replace("\"016a4d9d", "\"116a4d9d"), "normative_sha256 is 116a");
    refusedManifest(manifest.replace("channels\": 12", "channels\": 13"), "latent_channels is 13");
    refusedManifest(manifest.replace("hyper_channels\": 4", "hyper_channels\": 5"), "is 5");
    refusedManifest(manifest.replace("\"stride\": 16", "\"stride\": 8"), "stride is 8");
    refusedManifest(manifest.replace("hyper_stride\": 4", "hyper_stride\": 2"), "is 2");
    refusedManifest(manifest.replace("\"gains.npz\"", "\"../gains.npz\""), "not a plain file name");
    refusedManifest(manifest.replace("\"halo\": 1", "\"halo\": -1"), "halo of a network is -1");
    for (String key : new String[] {"format", "name", "files", "networks", "mean", "synthesis"}) {
      refusedManifest(manifest.replace('"' + key + '"', "\"else\""), key);
    }
    for (String text : new String[] {"", "{", "[]", "null", "{\"format\": 1}", "\ufffe", "{} x"}) {
      refusedManifest(text, "");
    }
  }

  /** Damage behind true hashes, as a buggy exporter would do it. */
  @Test
  void badArrays() throws Exception {
    for (String name : new String[] {"normative.npz", "gains.npz"}) {
      byte[] original = folder.read(name);
      for (int i = 0; i < original.length; i += 13) {
        byte[] contents = original.clone();
        contents[i] ^= 0x55;
        String hash = Hashes.sha256(contents);
        String text = manifest.replace(Hashes.sha256(original), hash);
        changed.put(name, contents);
        changed.put("manifest.json", text.getBytes(StandardCharsets.UTF_8));
        try {
          load(); // where the archive's directory or time stamps were hit
        } catch (BundleException refused) {
          // as it should be; anything else fails the test
        }
      }
      changed.remove(name);
    }
  }

  @Test
  void arraysOfNumPy() throws Exception {
    assertThrows(BundleException.class, () -> NpyArray.parse(new byte[0]));
    assertThrows(BundleException.class, () -> NpyArray.parse(new byte[100]));
    assertEquals(1, npy("|i1", "1,", 1).ints().length);
    assertEquals(1, npy("<i4", "", 4).ints().length);
    assertArrayEquals(new int[] {2, 3}, npy("<f4", "2, 3", 24).shape);
    assertThrows(BundleException.class, () -> npy("<f4", "2, 3", 25));
    assertThrows(BundleException.class, () -> npy("<f4", "65536, 65536, 65536", 0));
    assertThrows(BundleException.class, () -> npy("<f4", "99999999999,", 4));
    assertThrows(BundleException.class, () -> npy("|O", "1,", 8));
    assertThrows(BundleException.class, () -> npy("<f4", "1,", 4).ints());
    assertThrows(BundleException.class, () -> npy("<i4", "1,", 4).floats());
  }

  private static NpyArray npy(String type, String shape, int bytes) throws BundleException {
    String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
    byte[] prefix = TestData.unhex("934e554d50590100");
    byte[] length = {(byte) header.length(), 0};
    return NpyArray.parse(
        TestData.join(prefix, length, TestData.latin(header), new byte[bytes]));
  }

  @Test
  void json() throws Exception {
    Object parsed = Json.parse(" {\"a\\u0041\\n\": [1, -2.5e3, true, false, null, {}, []]} ");
    assertEquals("{aA\n=[1.0, -2500.0, true, false, null, {}, []]}", parsed.toString());
    String[] wrong = {"", "[1,]", "{\"a\"}", "{a: 1}", "[1 2]", "\"", "\"\\u12\"", "\"\\x\"", "nul",
      "1.2.3", "-", "[", "{\"a\":"};
    for (String text : wrong) {
      assertThrows(BundleException.class, () -> Json.parse(text), text);
    }
    StringBuilder deep = new StringBuilder();
    for (int i = 0; i < 100000; i++) {
      deep.append('[');
    }
    assertThrows(BundleException.class, () -> Json.parse(deep.toString()));
  }
}
