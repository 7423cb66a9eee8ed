package org.tfgan.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The cases of tests/test_container.py, one by one. */
class ContainerTest {
  private static final TgcFile FILE =
      new TgcFile.Builder(new byte[] {1, 2, 3}, 768, 512)
          .quality(87)
          .stream(TestData.latin("stream of symbols"))
          .build();
  private static final TgcFile FULL =
      FILE.toBuilder()
          .grey(true)
          .icc(new byte[300])
          .exif(TestData.latin("ExifExifExifExifExif"))
          .alpha(TestData.latin("png"))
          .build();
  private static final byte[] HEAD = TestData.latin("TGC\u0010abc");

  private static void refused(String message, byte[] blob) {
    BitstreamException error =
        assertThrows(BitstreamException.class, () -> Container.parse(blob));
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  @Test
  void varintVectors() throws Exception {
    for (Manifest test : TestData.vectors("varint")) {
      byte[] bytes = TestData.unhex(test.string("bytes"));
      assertArrayEquals(bytes, TestData.varint((long) test.number("value")));
      ByteReader reader = new ByteReader(bytes, 0, bytes.length);
      assertEquals((long) test.number("value"), reader.varint("number"));
      assertEquals(0, reader.remaining());
    }
  }

  @Test
  void layoutOfAnOrdinaryPicture() throws Exception {
    byte[] expected =
        TestData.withCrc(
            TestData.unhex("544743100102038006800457"), TestData.latin("payload"));
    TgcFile file = FILE.toBuilder().stream(TestData.latin("payload")).build();
    assertArrayEquals(expected, Container.pack(file));
    assertEquals(16 + 7, expected.length);
  }

  @Test
  void roundTrip() throws Exception {
    TgcFile read = Container.parse(Container.pack(FULL));
    assertArrayEquals(FULL.modelId, read.modelId);
    assertEquals(768, read.width);
    assertEquals(512, read.height);
    assertEquals(87, read.quality);
    assertTrue(read.grey);
    assertArrayEquals(FULL.icc, read.icc);
    assertArrayEquals(FULL.exif, read.exif);
    assertArrayEquals(FULL.alpha, read.alpha);
    assertArrayEquals(FULL.streams[0], read.streams[0]);
  }

  @Test
  void knownProfilesTakeOneByte() throws Exception {
    byte[] plain = Container.pack(FILE);
    for (KnownProfile profile : KnownProfile.values()) {
      byte[] blob = Container.pack(FILE.toBuilder().profile(profile).build());
      assertEquals(plain.length + 1, blob.length);
      assertEquals(profile.number, blob[12]);
      TgcFile read = Container.parse(blob);
      assertEquals(profile, read.profile);
      assertNull(read.icc);
      assertArrayEquals(blob, Container.pack(read));
    }
    for (byte number : new byte[] {0, 6, 7}) {
      byte[] head = HEAD.clone();
      head[3] |= 1;
      byte[] fields = {1, 1, 0, number, 'x'};
      refused("colour profile number " + number, TestData.withCrc(head, fields));
    }
  }

  @Test
  void arbitraryBytesWithGoodMagicAndChecksum() {
    Random random = new Random(3);
    for (int round = 0; round < 20000; round++) {
      byte[] data = new byte[random.nextInt(64)];
      random.nextBytes(data);
      byte[] head = {'T', 'G', 'C', (byte) (0x10 | random.nextInt(16))};
      byte[] blob = TestData.withCrc(head, data);
      try {
        TgcFile file = Container.parse(blob);
        assertTrue(file.width >= 1 && file.height >= 1);
        assertTrue((long) file.width * file.height <= Container.MAX_PIXELS);
      } catch (BitstreamException refused) {
        // as it should be
      }
    }
  }

  @Test
  void truncatedAtEveryByteAndEveryByteChanged() throws Exception {
    for (TgcFile file : new TgcFile[] {FILE, FULL}) {
      byte[] blob = Container.pack(file);
      for (int i = 0; i < blob.length; i++) {
        refused("", Arrays.copyOf(blob, i));
        for (int change : new int[] {0x01, 0x80, 0xFF}) {
          byte[] damaged = blob.clone();
          damaged[i] ^= (byte) change;
          refused("", damaged);
        }
      }
    }
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    byte[] good = Container.pack(FILE);
    refused("empty", new byte[0]);
    refused("wrong magic", TestData.latin("\u0089PNG\r\n"));
    refused("cut short", TestData.latin("TGC"));
    refused("cut short", HEAD);
    byte[] later = good.clone();
    later[3] = 0x40;
    refused("version 4 is not supported", later);
    refused("checksum", Arrays.copyOf(good, good.length - 1));
    refused("checksum", Arrays.copyOf(good, good.length + 1));
  }

  @Test
  void fieldsOutOfBounds() {
    byte[] zero = {0};
    byte[] huge = TestData.varint(1L << 40);
    byte[] largest = TestData.varint(Long.MAX_VALUE);
    refused("1099511627776x1 is out", withFields(huge, TestData.varint(1), zero));
    refused("out of bounds", withFields(huge, huge, zero));
    refused("out of bounds", withFields(largest, largest, zero));
    byte[] tooLong = new byte[40];
    Arrays.fill(tooLong, (byte) 0xFF);
    refused("width is not a valid number", withFields(tooLong));
    byte[] tenBytes = TestData.unhex("80808080808080808001"); // 2^63
    refused("width is not a valid number", withFields(tenBytes, TestData.varint(1), zero));
    refused("width is not a valid number", withFields(TestData.unhex("81000100")));
    refused("0x5 is out of bounds", withFields(TestData.unhex("000500")));
    refused("out of bounds", withFields(TestData.varint((1 << 22) + 1), TestData.varint(1), zero));
    refused("out of bounds",
        withFields(TestData.varint(1 << 14), TestData.varint((1 << 14) + 1), zero));
    refused("height does not fit", withFields(TestData.unhex("018181")));
    refused("quality does not fit", withFields(TestData.unhex("810101")));
  }

  @Test
  void chunksLongerThanTheFile() {
    byte[] fields = {1, 1, 0};
    for (int flag : new int[] {1, 2, 4}) {
      for (long length : new long[] {9, 1L << 40}) {
        byte[] head = HEAD.clone();
        head[3] |= (byte) flag;
        byte[] end = {'x'};
        refused("does not fit", TestData.withCrc(head, fields, TestData.varint(length), end));
      }
    }
  }

  @Test
  void metadataThatDoesNotUnpack() {
    byte[] profile = Zlib.deflate(TestData.latin("profile"));
    byte[][] cases = {
      TestData.latin("not deflate"),
      new byte[0],
      Arrays.copyOf(profile, profile.length - 1),
      TestData.join(profile, TestData.latin("more")),
      Zlib.deflate(new byte[Metadata.MAX_BYTES + 1]),
      Zlib.deflate(new byte[4 * Metadata.MAX_BYTES]),
    };
    for (byte[] packed : cases) {
      for (int flag : new int[] {1, 2}) {
        byte[] head = HEAD.clone();
        head[3] |= (byte) flag;
        byte[] length = TestData.varint(packed.length);
        refused("the ", TestData.withCrc(head, new byte[] {1, 1, 0}, length, packed));
      }
    }
  }

  @Test
  void limitsOfTheWriter() throws Exception {
    TgcFile largest = FILE.toBuilder().icc(new byte[Metadata.MAX_BYTES]).build();
    assertEquals(Metadata.MAX_BYTES, Container.parse(Container.pack(largest)).icc.length);
    TgcFile tooMuch = FILE.toBuilder().exif(new byte[Metadata.MAX_BYTES + 1]).build();
    assertThrows(ImageException.class, () -> Container.pack(tooMuch));
    int[][] sizes = {{0, 1}, {1, 0}, {-64, -64}, {(1 << 22) + 1, 1}, {1 << 16, 1 << 16}};
    for (int[] size : sizes) {
      TgcFile file = FILE.toBuilder().size(size[0], size[1]).build();
      assertThrows(ImageException.class, () -> Container.pack(file));
    }
    assertEquals(
        1 << 22, Container.parse(Container.pack(FILE.toBuilder().size(1 << 22, 1).build())).width);
  }

  private static byte[] withFields(byte[]... fields) {
    return TestData.withCrc(HEAD, TestData.join(fields));
  }

  /** What follows the layers that are needed makes no difference. */
  @Test
  void layersThatWereCutOff() throws Exception {
    byte[] blob = TestData.file("layers/file.tgc");
    int[] ends = new int[3];
    for (int i = 0; i < blob.length; i++) {
      byte[] cut = Arrays.copyOf(blob, i);
      refused("", cut);
      for (int scale = 1; scale <= 4; scale *= 2) {
        try {
          assertEquals(scale, Container.parse(cut, scale).scale());
        } catch (BitstreamException refused) {
          ends[Integer.numberOfTrailingZeros(scale)] = i + 1;
        }
      }
    }
    assertEquals(blob.length, ends[0]);
    assertTrue(14 < ends[2] && ends[2] < ends[1] && ends[1] < ends[0], Arrays.toString(ends));
    refused("the smaller picture that is whole, at scale 2", Arrays.copyOf(blob, ends[1]));
    for (int scale : new int[] {0, -1, 3, 8, 1 << 30}) {
      assertThrows(UsageException.class, () -> Container.parse(blob, scale));
    }
    assertThrows(UsageException.class, () -> Container.parse(Container.pack(FILE), 2));
  }

  /** The examples of the format. */
  @Test
  void layoutOfLayersAndTiles() throws Exception {
    byte[] layers =
        TestData.withCrc(
            TestData.unhex("5447432001020380068004571a09636f61727365c31766696e6572206f6e652840"),
            TestData.latin("the finest of them"));
    String[] streams = {"coarse", "finer one", "the finest of them"};
    TgcFile file = Container.parse(layers);
    assertEquals(3, file.layers);
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(TestData.latin(streams[i]), file.streams[i]);
    }
    byte[] tiles =
        TestData.unhex(
            "544743300102 03ac0284025704 03f1866c7a 03668aca11 05f5d8c546 047d66c190 c0ef26a2"
                .replace(" ", ""));
    tiles = TestData.join(tiles, TestData.latin("onetwothreefour"));
    file = Container.parse(tiles);
    int[][] places = {{0, 0, 256, 256}, {0, 256, 256, 44}, {256, 0, 4, 256}, {256, 256, 4, 44}};
    String[] payloads = {"one", "two", "three", "four"};
    for (int i = 0; i < 4; i++) {
      Tile tile = file.tiles[i];
      int[] place = {tile.top, tile.left, tile.height, tile.width};
      assertArrayEquals(places[i], place);
      assertArrayEquals(TestData.latin(payloads[i]), tile.stream);
    }
    for (byte[] blob : new byte[][] {layers, tiles}) {
      for (int i = 0; i < blob.length; i++) {
        byte[] damaged = blob.clone();
        damaged[i] ^= 0x10;
        refused("", damaged);
        refused("", Arrays.copyOf(blob, i));
      }
      TgcFile read = Container.parse(blob);
      assertThrows(UsageException.class, () -> Container.pack(read));
    }
  }
}
