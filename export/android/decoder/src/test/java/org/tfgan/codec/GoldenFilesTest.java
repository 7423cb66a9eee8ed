package org.tfgan.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
      assertArrayEquals(file.stream, stream, name);
      byte[] whole = Container.pack(file.toBuilder().stream(stream).build());
      if (file.icc == null && file.exif == null) { // how these are deflated is up to the writer
        assertArrayEquals(TestData.goldenFile(name + ".tgc"), whole, name);
      }
    }
  }
}
