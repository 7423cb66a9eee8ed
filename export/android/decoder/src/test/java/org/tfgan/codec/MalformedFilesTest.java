package org.tfgan.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole files that lie, as in tests/test_cli.py, test_codec.py and test_latents.py. */
class MalformedFilesTest {
  private Bundle tiny;
  private PictureDecoder decoder;
  private TgcFile good;

  @BeforeEach
  void load() throws Exception {
    tiny = TestData.tiny();
    decoder = new PictureDecoder(TestData.model("tiny"), null); // no network is reached
    good = TestData.goldenTgc("high");
  }

  private void refused(String message, TgcFile.Builder file) throws Exception {
    TgcFile read = Container.parse(Container.pack(file.build()));
    BitstreamException error =
        assertThrows(BitstreamException.class, () -> decoder.decodeSymbols(read));
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  @Test
  void framesThatDoNotFitTheirStream() throws Exception {
    refused("model 010203, but tiny", good.toBuilder().modelId(new byte[] {1, 2, 3}));
    refused("damaged", good.toBuilder().size(4000, 4000));
    refused("damaged", good.toBuilder().stream(new byte[0]));
    refused("damaged", good.toBuilder().size(4096, 4096).stream(TestData.latin("0123456789")));
  }

  @Test
  void moreSymbolsThanMemory() throws Exception {
    TgcFile file = good.toBuilder().size(1 << 28, 1).build();
    assertThrows(ImageException.class, () -> decoder.decodeSymbols(file));
  }

  /** 14.65 bits for each cell of 64x64 pixels, of which there are as many as 4 latents squared. */
  @Test
  void streamsTooShortForTheirPicture() throws Exception {
    assertEquals(116, tiny.coder.leastBytes(32, 32));
    assertEquals(0, tiny.coder.leastBytes(1, 1));
    refused("has 115 bytes, of 116", good.toBuilder().size(512, 512).stream(new byte[115]));
    refused("check of its scales", good.toBuilder().size(512, 512).stream(new byte[116]));
  }

  @Test
  void garbageStreams() throws Exception {
    Random random = new Random(4);
    for (int length = 0; length < 60; length++) {
      byte[] data = new byte[length];
      random.nextBytes(data);
      refused("damaged", good.toBuilder().size(144, 144).stream(data));
    }
  }

  @Test
  void hyperLatentOutOfRange() throws Exception {
    RangeEncoder encoder = new RangeEncoder();
    CodingTables escape =
        new CodingTables(2, new int[] {0, 65536}, new int[] {1}, new int[] {0}, true);
    ScaleDecoder scales =
        new ScaleDecoder(
            Collections.singletonList(
                new IntegerConv(new int[] {1, 1, 1, 1}, new int[] {1}, new int[] {0}, 1, 63, 1)));
    encoder.encode(escape, 0, 128);
    SymbolCoder coder = new SymbolCoder(escape, escape, scales);
    assertThrows(BitstreamException.class, () -> coder.decode(encoder.finish(), 1, 1));
  }

  /** A device on which the scale decoder differs must say so, not show noise. */
  @Test
  void anotherIndexMap() throws Exception {
    Symbols symbols = TestData.symbols(tiny, good);
    symbols.indexes[0] ^= 1;
    byte[] stream = tiny.coder.encode(symbols);
    refused("check of its scales", good.toBuilder().stream(stream));
  }

  /** Files of one kind are not for models of another. */
  @Test
  void filesOfOtherModels() throws Exception {
    TgcFile layers = Container.parse(TestData.file("layers/file.tgc"));
    TgcFile tiles = Container.parse(TestData.file("tiles/file.tgc"));
    String[] names = {"tiny", "layered", "context"};
    for (TgcFile file : new TgcFile[] {good, layers, tiles}) {
      for (String name : names) {
        LoadedBundle model = TestData.model(name);
        TgcFile same = file.toBuilder().modelId(model.modelId()).build();
        boolean fits = name.equals(file == layers ? "layered" : "tiny");
        PictureDecoder other = new PictureDecoder(model, null);
        if (fits) {
          other.decodeSymbols(same);
        } else {
          assertThrows(BitstreamException.class, () -> other.decodeSymbols(same), name);
        }
      }
    }
    for (String name : names) {
      LoadedBundle model = TestData.model(name);
      if (name.equals("tiny")) {
        new PictureEncoder(model, null);
      } else {
        assertThrows(UsageException.class, () -> new PictureEncoder(model, null));
      }
    }
  }

  @Test
  void alphaPlanes() throws Exception {
    TgcFile file = TestData.goldenTgc("alpha");
    PictureSymbols symbols = decoder.decodeSymbols(file);
    byte[][] planes = {
      new byte[0],
      TestData.latin("png"),
      GreyPng.encode(new byte[16], 4, 4),
      Arrays.copyOf(file.alpha, file.alpha.length - 1),
    };
    for (byte[] alpha : planes) {
      TgcFile bad = file.toBuilder().alpha(alpha).build();
      assertThrows(BitstreamException.class, () -> decoder.render(bad, symbols, 0, null));
    }
    for (int i = 0; i < file.alpha.length; i++) {
      byte[] alpha = file.alpha.clone();
      alpha[i] ^= 0x55;
      assertThrows(
          BitstreamException.class, () -> GreyPng.decode(alpha, file.width, file.height));
    }
  }
}
