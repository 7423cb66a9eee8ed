package org.tfgan.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** Bundles in layers, in zip files, and with a context model. */
class OtherBundlesTest {
  private static void refused(String message, BundleFiles source) {
    BundleException error = assertThrows(BundleException.class, () -> LoadedBundle.load(source));
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  /** A bundle whose manifest has one string in place of another. */
  private static BundleFiles with(BundleFiles source, String old, String other) throws Exception {
    String manifest = new String(source.read("manifest.json"), StandardCharsets.UTF_8);
    assertTrue(manifest.contains(old), manifest);
    byte[] text = manifest.replace(old, other).getBytes(StandardCharsets.UTF_8);
    return name -> name.equals("manifest.json") ? text : source.read(name);
  }

  @Test
  void facts() throws Exception {
    LoadedBundle layered = TestData.model("layered");
    assertEquals(3, layered.layers.size());
    assertArrayEquals(new double[] {0, 1}, layered.realisms());
    LoadedBundle context = TestData.model("context");
    assertEquals("00594b", Hashes.hex(context.modelId()));
    assertEquals(1, context.layers.size());
    assertArrayEquals(TestData.tiny().modelId(), TestData.model("tiny").modelId());
    for (int layers : new int[] {2, 4}) {
      assertEquals(layers, LoadedBundle.load(TestData.layered(layers)).layers.size());
    }
  }

  @Test
  void badLayers() throws Exception {
    BundleFiles good = TestData.layered(3);
    refused("2 to 4 layers, not 1", TestData.layered(1));
    refused("2 to 4 layers, not 5", TestData.layered(5));
    refused("model_id is 000000", with(good, "\"model_id\": \"6e321c", "\"model_id\": \"000000"));
    refused("normative_sha256 is 0", with(good, "_sha256\": \"6e321c", "_sha256\": \"000000"));
    refused("layer other.zip is missing", with(good, "[\"layer1.zip\"", "[\"other.zip\""));
    refused("layer2.zip is damaged", name -> {
      byte[] contents = good.read(name);
      contents[contents.length - 1] ^= (byte) (name.equals("layer2.zip") ? 1 : 0);
      return contents;
    });
    byte[] context = TestData.file("context/bundle.zip");
    String hash = Hashes.sha256(good.read("layer1.zip"));
    BundleFiles mixed = with(good, hash, Hashes.sha256(context));
    refused("has a context model", name -> name.endsWith("zip") ? context : mixed.read(name));
    byte[] noise = new byte[100];
    BundleFiles damaged = with(good, hash, Hashes.sha256(noise));
    refused("cannot be read", name -> name.endsWith("zip") ? noise : damaged.read(name));
  }

  @Test
  void zipFilesWithinTheirLimits() throws Exception {
    assertThrows(BundleException.class, () -> new ZipFiles(zip(129, 10)));
    assertThrows(BundleException.class, () -> new ZipFiles(zip(1, (1 << 24) + 1)));
    assertThrows(BundleException.class, () -> new ZipFiles(zip(3, 6 << 20)));
    assertEquals(6 << 20, new ZipFiles(zip(2, 6 << 20)).read("1").length);
    byte[] good = TestData.file("context/bundle.zip");
    for (int i = 0; i < good.length; i += 1013) {
      byte[] bad = good.clone();
      bad[i] ^= 0x55;
      byte[][] both = {bad, Arrays.copyOf(good, i)};
      for (byte[] file : both) {
        try {
          LoadedBundle.load(new ZipFiles(file)); // where the directory or a date was hit
        } catch (BundleException refused) {
          // as it should be; anything else fails the test
        }
      }
    }
  }

  private static byte[] zip(int members, int bytes) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < members; i++) {
        zip.putNextEntry(new ZipEntry(String.valueOf(i)));
        zip.write(new byte[bytes]);
      }
    }
    return out.toByteArray();
  }

  @Test
  void badContextModels() throws Exception {
    int[] axes = {0, 1, 2};
    int[] kernel = {1, 1, 3};
    IntegerConv seen = seen(1, 0, 0);
    IntegerConv table = pointwise(2, 1, 63);
    ContextModel good = model(axes, kernel, seen, table, pointwise(2, 1, 255));
    assertEquals(1, good.hyperFeatures);
    assertThrows(BundleException.class, () -> seen(1, 1, 0)); // looks at itself
    assertThrows(BundleException.class, () -> seen(1, 0, 1));
    assertThrows(
        BundleException.class,
        () -> ContextModel.seen(new int[] {1, 1, 2, 1}, new int[2], new int[1], new int[3]));
    IntegerConv two = pointwise(2, 2, 63);
    IntegerConv other = pointwise(3, 1, 63);
    int[] twice = {0, 0, 2};
    assertThrows(BundleException.class, () -> model(twice, kernel, seen, table, table));
    assertThrows(BundleException.class, () -> model(axes, kernel, seen, two, table));
    assertThrows(BundleException.class, () -> model(axes, kernel, seen, table, other));
    IntegerConv narrow = pointwise(1, 1, 63);
    assertThrows(BundleException.class, () -> model(axes, kernel, seen, narrow, narrow));
  }

  private static ContextModel model(
      int[] axes, int[] kernel, IntegerConv seen, IntegerConv table, IntegerConv mean)
      throws BundleException {
    return new ContextModel(axes, kernel, seen, Collections.emptyList(), table, mean);
  }

  private static IntegerConv seen(int... weights) throws BundleException {
    return ContextModel.seen(new int[] {1, 1, 3, 1}, weights, new int[1], new int[] {1, 255, 1});
  }

  private static IntegerConv pointwise(int inputs, int outputs, int maximum)
      throws BundleException {
    int[] shape = {1, 1, inputs, outputs};
    return new IntegerConv(shape, new int[inputs * outputs], new int[outputs], 1, maximum, 1);
  }

  /** Each element is in one front, after all that its context holds. */
  @Test
  void frontsAreInOrder() {
    int[][][] cases = {
      {{3, 4, 5}, {3, 5, 3}}, {{1, 1, 7}, {1, 1, 5}}, {{4, 1, 2}, {5, 3, 1}}, {{2, 6, 1}, {3, 3, 3}}
    };
    for (int[][] each : cases) {
      int[] n = each[0];
      int[] k = each[1];
      int[] front = new int[n[0] * n[1] * n[2]];
      Wavefront wavefront = new Wavefront(n, k);
      int number = 0;
      while (wavefront.next()) {
        number++;
        for (int i = 0; i < wavefront.size(); i++) {
          int at = wavefront.line(i) * n[2] + wavefront.depth(i);
          assertEquals(0, front[at]);
          front[at] = number;
        }
      }
      for (int at = 0; at < front.length; at++) {
        assertTrue(front[at] > 0);
        for (int before = 0; before < at; before++) {
          int d0 = at / n[2] / n[1] - before / n[2] / n[1];
          int d1 = at / n[2] % n[1] - before / n[2] % n[1];
          int d2 = at % n[2] - before % n[2];
          boolean seen = Math.abs(d0) <= k[0] / 2 && Math.abs(d1) <= k[1] / 2;
          if (seen && Math.abs(d2) <= k[2] / 2) {
            assertTrue(front[before] < front[at]);
          }
        }
      }
    }
  }
}
