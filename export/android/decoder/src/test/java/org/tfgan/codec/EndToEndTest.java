package org.tfgan.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files to pixels and back through the real {@code .tflite} networks. */
class EndToEndTest {
  private static final int WHOLE = 8192; // cells: all the pictures here, in one window
  private static final int SMALL = 100;

  private LoadedBundle tiny;
  private Networks networks;
  private PictureDecoder decoder;

  @BeforeEach
  void load() throws Exception {
    assumeTrue(TfLiteC.available(), "give the C library of TensorFlow Lite as -Dtgc.tflite");
    tiny = TestData.model("tiny");
    networks = new Networks(new TfLiteC(), WHOLE);
    decoder = new PictureDecoder(tiny, networks);
  }

  @AfterEach
  void close() {
    if (networks != null) {
      networks.close();
    }
  }

  private static Pixels decode(PictureDecoder decoder, TgcFile file, double realism)
      throws Exception {
    int scale = file.scale();
    Pixels pixels =
        new Pixels(Pyramid.shrunk(file.width, scale), Pyramid.shrunk(file.height, scale));
    decoder.render(file, decoder.decodeSymbols(file), realism, pixels);
    return pixels;
  }

  @Test
  void goldenFilesToPixels() throws Exception {
    int largest = 0;
    for (Manifest test : TestData.golden()) {
      String name = test.string("name");
      Pixels expected = Pixels.ofPng(TestData.goldenFile(name + ".png"));
      TgcFile file = TestData.goldenTgc(name);
      assertEquals(expected.width, file.width);
      assertEquals(expected.height, file.height);
      int difference = decode(decoder, file, 1).maxDifference(expected);
      assertTrue(difference <= 1, name + " differs by " + difference);
      largest = Math.max(largest, difference);
    }
    System.out.println("golden files to pixels: largest difference from Python " + largest);
  }

  @Test
  void otherKindsOfFilesToPixels() throws Exception {
    for (int scale = 1; scale <= 4; scale *= 2) {
      TgcFile file = Container.parse(TestData.file("layers/file.tgc"), scale);
      sameAs("layers/scale" + scale + ".png", "layered", file);
    }
    for (String name : new String[] {"context", "tiles"}) {
      TgcFile file = Container.parse(TestData.file(name + "/file.tgc"));
      sameAs(name + "/file.png", name.equals("context") ? name : "tiny", file);
    }
  }

  private static void sameAs(String picture, String model, TgcFile file) throws Exception {
    Pixels expected = Pixels.ofPng(TestData.file(picture));
    for (int maxCells : new int[] {WHOLE, SMALL}) {
      try (Networks networks = new Networks(new TfLiteC(), maxCells)) {
        Pixels found = decode(new PictureDecoder(TestData.model(model), networks), file, 1);
        int difference = found.maxDifference(expected);
        assertTrue(difference <= 1, picture + " differs by " + difference);
      }
    }
  }

  @Test
  void metadataComesAlong() throws Exception {
    TgcFile file = TestData.goldenTgc("profile-exif");
    assertNotNull(file.exif);
    assertEquals("RGB ", new String(file.icc, 16, 4, "US-ASCII"));
    assertEquals(KnownProfile.DISPLAY_P3, TestData.goldenTgc("display-p3").profile);
  }

  @Test
  void realism() throws Exception {
    assertArrayEquals(new double[] {0, 1}, tiny.realisms());
    TgcFile file = TestData.goldenTgc("high");
    Pixels faithful = decode(decoder, file, 0);
    assertTrue(faithful.meanDifference(decode(decoder, file, 1)) > 1);
    assertThrows(UsageException.class, () -> decode(decoder, file, 0.4));
  }

  @Test
  void windowsChangeNothing() throws Exception {
    Pixels picture = Pixels.sample(700, 500);
    byte[] blob = new PictureEncoder(tiny, networks).encode(picture, PictureMetadata.NONE, 200);
    TgcFile file = Container.parse(blob);
    Pixels whole = decode(decoder, file, 0);
    try (Networks small = new Networks(new TfLiteC(), SMALL)) {
      Pixels tiled = decode(new PictureDecoder(tiny, small), file, 0);
      assertTrue(whole.maxDifference(tiled) <= 1);
      byte[] other = new PictureEncoder(tiny, small).encode(picture, PictureMetadata.NONE, 200);
      assertEquals(blob.length, other.length, 0.01 * blob.length);
    }
  }

  @Test
  void encodeAndDecode() throws Exception {
    PictureEncoder encoder = new PictureEncoder(tiny, networks);
    int[][] sizes = {{1, 1}, {17, 33}, {700, 5}, {320, 200}};
    for (int[] size : sizes) {
      Pixels picture = Pixels.sample(size[0], size[1]);
      TgcFile file = Container.parse(encoder.encode(picture, PictureMetadata.NONE, 255));
      assertEquals(255, file.quality);
      Pixels decoded = decode(decoder, file, 0);
      assertTrue(decoded.meanDifference(picture) < 30); // blocks of the tiny model's few colours
    }
  }

  @Test
  void budget() throws Exception {
    PictureEncoder encoder = new PictureEncoder(tiny, networks);
    Pixels picture = Pixels.sample(320, 200);
    int smallest = encoder.encode(picture, PictureMetadata.NONE, 0).length;
    int largest = encoder.encode(picture, PictureMetadata.NONE, 255).length;
    for (int budget = smallest; budget < largest; budget += (largest - smallest) / 5) {
      int size = encoder.encodeWithin(picture, PictureMetadata.NONE, budget).length;
      assertTrue(size <= budget && size >= 0.9 * budget, size + " bytes of " + budget);
    }
    assertEquals(largest, encoder.encodeWithin(picture, PictureMetadata.NONE, 1 << 20).length);
    UsageException error =
        assertThrows(
            UsageException.class,
            () -> encoder.encodeWithin(picture, PictureMetadata.NONE, smallest - 1));
    assertTrue(error.getMessage().contains("has " + smallest + " bytes"), error.getMessage());
    assertThrows(UsageException.class, () -> encoder.encode(picture, PictureMetadata.NONE, 256));
  }

  @Test
  void metadataIsKept() throws Exception {
    PictureEncoder encoder = new PictureEncoder(tiny, networks);
    PictureFile phone = PictureFile.read(TestData.file("metadata/phone.jpg"));
    Pixels picture = Pixels.sample(50, 40);
    Pixels grey = new Pixels(50, 40);
    for (int i = 0; i < picture.argb.length; i++) {
      grey.argb[i] = 0xFF << 24 | (i % 200) * 0x010101;
      picture.argb[i] &= i % 3 == 0 ? 0x7FFFFFFF : 0x00FFFFFF; // some of it transparent
    }
    PictureMetadata metadata = PictureMetadata.basic(phone, 5000).withAlphaOf(picture);
    byte[] blob = encoder.encodeWithin(picture, metadata, 5000);
    assertTrue(blob.length <= 5000);
    TgcFile file = Container.parse(blob);
    assertEquals(KnownProfile.DISPLAY_P3, file.profile);
    assertArrayEquals(ExifBlock.basic(phone.exif), file.exif);
    assertEquals(false, file.grey);
    Pixels decoded = decode(decoder, file, 0);
    for (int i = 0; i < picture.argb.length; i++) {
      assertEquals(picture.argb[i] >>> 24, decoded.argb[i] >>> 24);
    }
    // A profile decides whether equal channels are said to be grey; one for grey fits no colours.
    PictureFile greyFile = PictureFile.read(TestData.file("metadata/grey.jpg"));
    PictureMetadata forGrey = PictureMetadata.basic(greyFile, 5000);
    assertTrue(Container.parse(encoder.encode(grey, forGrey, 100)).grey);
    assertTrue(Container.parse(encoder.encode(grey, PictureMetadata.NONE, 100)).grey);
    assertEquals(false, Container.parse(encoder.encode(grey, metadata, 100)).grey);
    assertEquals(null, Container.parse(encoder.encode(picture, forGrey, 100)).profile);
  }

  @Test
  void networksThatDoNotFit() {
    assertThrows(BundleException.class, () -> new TfLiteC().start("none", new byte[100]));
    NetworkFactory wrong =
        (name, tflite) ->
            new Network() {
              @Override
              public FloatGrid run(FloatGrid input) {
                return input;
              }

              @Override
              public void close() {}
            };
    try (Networks broken = new Networks(wrong, WHOLE)) {
      PictureDecoder bad = new PictureDecoder(tiny, broken);
      assertThrows(BundleException.class, () -> decode(bad, TestData.goldenTgc("low"), 0));
    }
  }
}
