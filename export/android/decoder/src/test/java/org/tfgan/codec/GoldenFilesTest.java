package org.tfgan.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The golden files, as far as they are exact: symbols one way, bytes the other. */
class GoldenFilesTest {
  @Test
  void symbolsAreIdentical() throws Exception {
    Bundle tiny = TestData.tiny();
    for (Manifest test : TestData.golden()) {
      String name = test.string("name");
      Symbols symbols = TestData.symbols(tiny, TestData.goldenTgc(name));
      assertEquals(test.string("z"), EntropySpeed.hash(symbols.z), name);
      assertEquals(test.string("indexes"), Hashes.sha256(symbols.indexes), name);
      assertEquals(test.string("r"), EntropySpeed.hash(symbols.residuals), name);
    }
  }

  @Test
  void filesAreIdentical() throws Exception {
    Bundle tiny = TestData.tiny();
    for (Manifest test : TestData.golden()) {
      String name = test.string("name");
      TgcFile file = TestData.goldenTgc(name);
      byte[] stream = tiny.coder.encode(TestData.symbols(tiny, file));
      assertArrayEquals(file.streams[0], stream, name);
      byte[] whole = Container.pack(file.toBuilder().stream(stream).build());
      if (file.icc == null && file.exif == null) { // how these are deflated is up to the writer
        assertArrayEquals(TestData.goldenFile(name + ".tgc"), whole, name);
      }
    }
  }

  @Test
  void layersAreIdentical() throws Exception {
    LoadedBundle model = TestData.model("layered");
    assertEquals("6e321c", Hashes.hex(model.modelId()));
    int[][] sizes = {{2, 3}, {4, 5}, {7, 10}};
    for (int scale = 1; scale <= 4; scale *= 2) {
      TgcFile file = Container.parse(TestData.file("layers/file.tgc"), scale);
      Symbols[] layers = LayeredSymbols.decode(model.layers, file).layers;
      assertEquals(scale, file.scale());
      assertEquals(3 - Integer.numberOfTrailingZeros(scale), layers.length);
      for (int i = 0; i < layers.length; i++) {
        assertArrayEquals(sizes[i], new int[] {layers[i].height, layers[i].width});
        byte[] stream = model.layers.get(i).coder.encode(layers[i]);
        assertArrayEquals(file.streams[i], stream);
      }
    }
  }

  @Test
  void contextsAreIdentical() throws Exception {
    Bundle bundle = TestData.model("context").layers.get(0);
    TgcFile file = Container.parse(TestData.file("context/file.tgc"));
    ContextSymbols symbols = ContextPictureSymbols.decode(bundle, file).symbols;
    // As Python finds them.
    assertEquals(
        "36a58ce9e5d16fd3e7fa9c74bfc742b8986320f35340e3dbf26ad146529740b2",
        EntropySpeed.hash(symbols.z));
    assertEquals(
        "33dd59f1103bf7328cff3e2aaf6b620401f1eadaab543a841ec9003e8d9145c7",
        Hashes.sha256(symbols.features));
    assertEquals(
        "d7f937719b99b57eb5f76343700ec13a71dd9c7a6ca636d911b8e64d315aa65a",
        EntropySpeed.hash(symbols.q));
    assertArrayEquals(file.streams[0], bundle.contextCoder.encode(symbols));
  }

  @Test
  void tilesAreIdentical() throws Exception {
    Bundle tiny = TestData.tiny();
    TgcFile file = Container.parse(TestData.file("tiles/file.tgc"));
    Symbols symbols = HyperpriorSymbols.decode(tiny, file).symbols;
    String text = new String(TestData.file("tiles/hashes.json"), StandardCharsets.UTF_8);
    Manifest hashes = Manifest.parse(text);
    assertEquals(hashes.string("z"), EntropySpeed.hash(symbols.z));
    assertEquals(hashes.string("indexes"), Hashes.sha256(symbols.indexes));
    assertEquals(hashes.string("r"), EntropySpeed.hash(symbols.residuals));
    for (Tile tile : file.tiles) {
      int height = Bundle.latents(tile.height);
      Symbols part = tiny.coder.decode(tile.stream, height, Bundle.latents(tile.width));
      assertArrayEquals(tile.stream, tiny.coder.encode(part));
    }
  }
}
