package org.tfgan.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Alpha planes, windows, the search for a quality, and the orientation of photographs. */
class SmallPartsTest {
  @Test
  void alphaPlanesThereAndBack() throws Exception {
    Random random = new Random(6);
    int[][] sizes = {{1, 1}, {3, 7}, {64, 50}};
    for (int[] size : sizes) {
      byte[] plane = new byte[size[0] * size[1]];
      random.nextBytes(plane);
      byte[] png = GreyPng.encode(plane, size[0], size[1]);
      assertArrayEquals(plane, GreyPng.decode(png, size[0], size[1]));
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
      assertArrayEquals(
          plane,
          (byte[]) image.getRaster().getDataElements(0, 0, size[0], size[1], null));
    }
  }

  /** Every filter, as another writer chooses them. */
  @Test
  void alphaPlanesOfOthers() throws Exception {
    BufferedImage image = new BufferedImage(90, 60, BufferedImage.TYPE_BYTE_GRAY);
    byte[] plane = new byte[90 * 60];
    Random random = new Random(7);
    for (int i = 0; i < plane.length; i++) {
      int y = i / 90;
      plane[i] = (byte) (y % 6 < 3 ? i % 90 + y : y % 6 == 3 ? random.nextInt() : i % 90 * y);
    }
    image.getRaster().setDataElements(0, 0, 90, 60, plane);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    assertArrayEquals(plane, GreyPng.decode(out.toByteArray(), 90, 60));
  }

  @Test
  void windowsCoverEverythingOnce() {
    Random random = new Random(8);
    for (int round = 0; round < 3000; round++) {
      int height = 1 + random.nextInt(round % 2 == 0 ? 8 : 200);
      int width = 1 + random.nextInt(200);
      int halo = random.nextInt(10);
      int[] kept = new int[height * width];
      int cells = -1;
      for (Window window : Window.cover(height, width, halo, 1 + random.nextInt(400))) {
        assertTrue(cells < 0 || cells == window.height() * window.width(), "of one size");
        cells = window.height() * window.width();
        checkHalo(window.rows, height, halo);
        checkHalo(window.columns, width, halo);
        for (int y = window.rows.keepStart; y < window.rows.keepStop; y++) {
          for (int x = window.columns.keepStart; x < window.columns.keepStop; x++) {
            kept[y * width + x]++;
          }
        }
      }
      for (int count : kept) {
        assertEquals(1, count);
      }
    }
  }

  private static void checkHalo(Span span, int size, int halo) {
    assertTrue(span.start == 0 || span.keepStart - span.start >= halo);
    assertTrue(span.stop == size || span.stop - span.keepStop >= halo);
    assertTrue(span.start >= 0 && span.stop <= size && span.keepStart < span.keepStop);
  }

  @Test
  void searchFindsTheHighestQualityThatFits() throws Exception {
    for (int budget = 1; budget < 3000; budget += 7) {
      int[] calls = {0};
      int limit = budget;
      int found =
          QualitySearch.best(
              q -> {
                calls[0]++;
                return size(q);
              },
              budget,
              256);
      assertTrue(found == 0 || size(found) <= limit);
      boolean tight = found == 255 || size(found + 1) > limit || size(found) > 0.99 * limit;
      assertTrue(tight, "quality " + found + " for " + budget);
      assertTrue(calls[0] <= 17, calls[0] + " calls");
    }
    assertEquals(0, QualitySearch.best(q -> 5, -3, 256));
  }

  /** Sizes of about the right slope, with a bend. */
  private static double size(int quality) {
    return 100 * Math.exp(quality * Math.log(13) / 255) + (quality > 180 ? 3 * quality : 0);
  }

  @Test
  void orientationOfPhotographs() {
    byte[] start = TestData.unhex("ffd8ffe00004aabb");
    byte[] little = TestData.unhex("45786966000049492a0008000000" + "0100120103000100000006000000");
    byte[] big = TestData.unhex("4578696600004d4d002a00000008" + "0001011200030000000100080000");
    assertEquals(6, orientation(jpeg(start, little)));
    assertEquals(8, orientation(jpeg(start, big)));
    for (int length = 0; length < little.length - 2; length++) {
      byte[] cut = Arrays.copyOf(jpeg(start, little), start.length + 4 + length);
      orientation(cut); // any number, but no exception
    }
    assertEquals(1, orientation(new byte[0]));
    assertEquals(1, orientation(TestData.latin("\u0089PNG\r\n\u001a\n")));
    assertEquals(1, orientation(TestData.unhex("ffd8ffda0004")));
  }

  private static int orientation(byte[] file) {
    return PictureFile.read(file).orientation;
  }

  private static byte[] jpeg(byte[] start, byte[] exif) {
    byte[] marker = {(byte) 0xFF, (byte) 0xE1, 0, (byte) (exif.length + 2)};
    return TestData.join(start, marker, exif);
  }
}
