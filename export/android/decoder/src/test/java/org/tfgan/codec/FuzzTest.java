package org.tfgan.codec;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Mutated golden files, most of them with a checksum made true again so that they get past it: a
 * file decodes or is refused by the library's own exceptions, within the little memory the tests
 * have. Repeatable: the seed is fixed.
 */
class FuzzTest {
  private static final int COUNT = Integer.getInteger("tgc.fuzz", 20000);

  private final Random random = new Random(5);

  @Test
  void mutatedFiles() throws Exception {
    List<byte[]> originals = new ArrayList<>();
    List<PictureDecoder> decoders = new ArrayList<>();
    PictureDecoder tiny = new PictureDecoder(TestData.model("tiny"), null);
    for (Manifest test : TestData.golden()) {
      originals.add(TestData.goldenFile(test.string("name") + ".tgc"));
      decoders.add(tiny);
    }
    for (String name : new String[] {"layers", "context", "tiles"}) {
      originals.add(TestData.file(name + "/file.tgc"));
      String model = name.equals("layers") ? "layered" : name;
      decoders.add(
          name.equals("tiles") ? tiny : new PictureDecoder(TestData.model(model), null));
    }
    int decoded = 0;
    int tooLarge = 0;
    int refused = 0;
    for (int i = 0; i < COUNT; i++) {
      int chosen = random.nextInt(originals.size());
      byte[] blob = mutate(originals.get(chosen));
      try {
        TgcFile file = Container.parse(blob);
        decoders.get(chosen).decodeSymbols(file);
        AlphaPlane.decode(file);
        decoded++;
      } catch (ImageException error) {
        tooLarge++;
      } catch (BitstreamException error) {
        refused++;
      } // anything else fails the test
    }
    System.out.printf(
        "%d mutated files: %d decoded, %d refused, %d too large; heap limit %d MB%n",
        COUNT, decoded, refused, tooLarge, Runtime.getRuntime().maxMemory() >> 20);
    assertTrue(decoded > 0 && refused > COUNT / 2);
  }

  private byte[] mutate(byte[] original) {
    byte[] body = Arrays.copyOf(original, original.length - 4);
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      body = change(body);
    }
    // One in eight keeps a wrong checksum.
    return random.nextInt(8) == 0 ? TestData.join(body, new byte[4]) : TestData.withCrc(body);
  }

  private byte[] change(byte[] body) {
    // Half of the changes go to the header, where most of the decisions are made.
    int limit = random.nextBoolean() ? Math.min(body.length, 16) : body.length;
    int at = limit == 0 ? 0 : random.nextInt(limit);
    int kind = random.nextInt(5);
    if (kind == 0) {
      return Arrays.copyOf(body, at);
    }
    if (kind == 1) {
      byte[] inserted = new byte[1 + random.nextInt(8)];
      random.nextBytes(inserted);
      byte[] tail = Arrays.copyOfRange(body, at, body.length);
      return TestData.join(Arrays.copyOf(body, at), inserted, tail);
    }
    byte[] result = body.clone();
    if (result.length > 0) {
      result[at] = kind == 2 ? (byte) (result[at] ^ 1 << random.nextInt(8)) : extreme();
    }
    return result;
  }

  private byte extreme() {
    byte[] values = {0, 1, 0x7F, (byte) 0x80, (byte) 0xFF, (byte) random.nextInt()};
    return values[random.nextInt(values.length)];
  }
}
