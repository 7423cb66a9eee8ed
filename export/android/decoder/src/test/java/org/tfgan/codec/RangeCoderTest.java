package org.tfgan.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangeCoderTest {
  private static CodingTables tables(Manifest call) throws Exception {
    List<?> rows = call.list("cdf");
    int width = 0;
    for (Object row : rows) {
      width = Math.max(width, ((List<?>) row).size());
    }
    int[] cdf = new int[rows.size() * width];
    int[] length = new int[rows.size()];
    for (int i = 0; i < length.length; i++) {
      int[] row = TestData.ints(rows.get(i));
      length[i] = row.length - 1;
      System.arraycopy(row, 0, cdf, i * width, row.length);
    }
    return new CodingTables(
        width, cdf, length, TestData.ints(call.list("offset")), call.bool("escape"));
  }

  @Test
  void vectors() throws Exception {
    for (Manifest test : TestData.vectors("rangecoder")) {
      byte[] bytes = TestData.unhex(test.string("bytes"));
      RangeEncoder encoder = new RangeEncoder();
      RangeDecoder decoder = new RangeDecoder(bytes);
      for (Object entry : test.list("calls")) {
        Manifest call = Manifest.of(entry, "call");
        CodingTables tables = tables(call);
        int[] indexes = TestData.ints(call.list("indexes"));
        int[] values = TestData.ints(call.list("values"));
        for (int i = 0; i < indexes.length; i++) {
          encoder.encode(tables, indexes[i], values[i]);
          assertEquals(values[i], decoder.decode(tables, indexes[i]), test.string("name"));
        }
      }
      decoder.finish();
      assertArrayEquals(bytes, encoder.finish(), test.string("name"));
    }
  }

  @Test
  void damagedVectors() throws Exception {
    for (Manifest test : TestData.vectors("rangecoder_damaged")) {
      assertThrows(
          BitstreamException.class,
          () -> {
            RangeDecoder decoder = new RangeDecoder(TestData.unhex(test.string("bytes")));
            for (Object entry : test.list("calls")) {
              Manifest call = Manifest.of(entry, "call");
              for (int index : TestData.ints(call.list("indexes"))) {
                decoder.decode(tables(call), index);
              }
            }
            decoder.finish();
          },
          test.string("name"));
    }
  }

  /** Random tables, among them some with many tiny symbols, and values far outside them. */
  @Test
  void roundTrip() throws Exception {
    Random random = new Random(1);
    for (int round = 0; round < 300; round++) {
      int symbols = 1 + random.nextInt(round % 3 == 0 ? 2000 : 12);
      int[] cdf = new int[symbols + 1];
      for (int i = 1; i < symbols; i++) {
        cdf[i] = i + random.nextInt(2) * (CodingTables.TOTAL - symbols) * i / symbols;
        cdf[i] = Math.max(cdf[i], cdf[i - 1] + 1);
      }
      cdf[symbols] = CodingTables.TOTAL;
      int offset = random.nextInt(100) - 50;
      CodingTables tables =
          new CodingTables(symbols + 1, cdf, new int[] {symbols}, new int[] {offset}, true);
      int[] values = new int[random.nextInt(200)];
      RangeEncoder encoder = new RangeEncoder();
      for (int i = 0; i < values.length; i++) {
        int range = random.nextInt(40) == 0 ? 1 << 29 : symbols + 2;
        values[i] = offset - 1 + random.nextInt(range);
        encoder.encode(tables, 0, values[i]);
      }
      RangeDecoder decoder = new RangeDecoder(encoder.finish());
      for (int value : values) {
        assertEquals(value, decoder.decode(tables, 0));
      }
      decoder.finish();
    }
  }

  @Test
  void valuesThatCannotBeCoded() throws Exception {
    RangeEncoder encoder = new RangeEncoder();
    assertThrows(UsageException.class, () -> encoder.encode(CodingTables.BYTES, 0, 256));
    assertThrows(UsageException.class, () -> encoder.encode(CodingTables.BYTES, 0, -1));
    CodingTables escape =
        new CodingTables(2, new int[] {0, 65536}, new int[] {1}, new int[] {0}, true);
    encoder.encode(escape, 0, -((1 << 30) - 1));
    assertThrows(UsageException.class, () -> encoder.encode(escape, 0, -(1 << 30)));
    assertThrows(UsageException.class, () -> encoder.encode(escape, 0, Integer.MIN_VALUE));
  }

  @Test
  void tablesThatBreakTheRules() {
    int[] one = {1};
    int[] zero = {0};
    int[][] rows = {{0, 65535}, {1, 65536}, {0, 70000}, {0}, {}, {0, 65536, 65536}, {0, 65536, 1}};
    for (int[] row : rows) {
      assertThrows(
          BundleException.class, () -> new CodingTables(row.length, row, one, zero, true));
    }
    int[] falling = {0, 9, 8, 65536};
    assertThrows(
        BundleException.class, () -> new CodingTables(4, falling, new int[] {3}, zero, true));
    int[] good = {0, 65536};
    assertThrows(
        BundleException.class, () -> new CodingTables(2, good, new int[] {2}, zero, true));
    assertThrows(BundleException.class, () -> new CodingTables(2, good, zero, zero, true));
    int[] far = {(1 << 20) + 1};
    assertThrows(BundleException.class, () -> new CodingTables(2, good, one, far, true));
  }
}
