package org.tfgan.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pictures of tests/data/metadata: files keep of them what Python keeps. */
class PictureMetadataTest {
  private static final int ROOMY = 1 << 20;

  private Manifest expected;

  @BeforeEach
  void readExpected() throws Exception {
    byte[] text = TestData.file("metadata/expected.json");
    expected = Manifest.parse(new String(text, StandardCharsets.UTF_8));
  }

  private static PictureFile file(String name) throws Exception {
    return PictureFile.read(TestData.file("metadata/" + name));
  }

  @Test
  void filesKeepWhatPythonKeeps() throws Exception {
    Manifest files = expected.child("files");
    for (Object key : files.keys()) {
      String name = key.toString();
      Manifest wanted = files.child(name);
      PictureMetadata found = PictureMetadata.basic(file(name), ROOMY);
      assertFalse(found.toSrgb, name);
      assertEquals(wanted.string("exif"), hex(found.exif), name);
      assertEquals(wanted.string("icc"), hex(found.icc), name);
      assertEquals(wanted.integer("profile"), number(found.profile), name);
    }
  }

  private static String hex(byte[] data) {
    return data == null ? "" : Hashes.hex(data);
  }

  private static int number(KnownProfile profile) {
    return profile == null ? 0 : profile.number;
  }

  @Test
  void profilesThatCostTooMuch() throws Exception {
    PictureMetadata found = PictureMetadata.basic(file("rare.jpg"), 2000);
    assertTrue(found.toSrgb);
    assertNull(found.icc);
    assertFalse(PictureMetadata.basic(file("phone.jpg"), 2000).toSrgb); // known ones cost nothing
  }

  @Test
  void filesWithoutTheirProfile() throws Exception {
    for (String name : new String[] {"phone.jpg", "adobe.png", "phone.webp"}) {
      PictureFile whole = file(name);
      PictureFile bare = PictureFile.read(whole.withoutProfile());
      assertNotNull(whole.icc, name);
      assertNull(bare.icc, name);
      assertArrayEquals(whole.exif, bare.exif, name);
      assertArrayEquals(bare.withoutProfile(), whole.withoutProfile(), name);
      if (!name.endsWith("webp")) { // which Java does not read
        Pixels found = Pixels.ofPng(whole.withoutProfile());
        Pixels stored = new Pixels(found.width, found.height);
        Arrays.fill(stored.argb, 0xFF << 24 | 90 << 16 | 140 << 8 | 200);
        assertTrue(found.maxDifference(stored) <= 3, name); // JPEG's loss
      }
    }
    byte[] other = TestData.latin("GIF89a and so on");
    assertArrayEquals(other, PictureFile.read(other).withoutProfile());
  }

  @Test
  void orientations() throws Exception {
    assertEquals(6, file("phone.jpg").orientation);
    assertEquals(3, file("adobe.png").orientation);
    assertEquals(8, file("phone.webp").orientation);
    assertEquals(1, file("bare.jpg").orientation);
    Pixels stored = new Pixels(3, 2);
    for (int i = 0; i < 6; i++) {
      stored.argb[i] = i;
    }
    for (int orientation = 1; orientation <= 8; orientation++) {
      int[] wanted = TestData.ints(expected.child("turned").list(String.valueOf(orientation)));
      UprightPixels turned = new UprightPixels(stored, orientation);
      assertEquals(orientation < 5 ? 3 : 2, turned.width());
      int[] found = new int[6];
      turned.get(found, 0, 0, turned.width(), turned.height());
      assertArrayEquals(wanted, found, "orientation " + orientation);
      for (int i = 0; i < 6; i++) { // and pixel by pixel
        int[] one = new int[1];
        turned.get(one, i % turned.width(), i / turned.width(), 1, 1);
        assertEquals(wanted[i], one[0]);
      }
    }
  }

  @Test
  void hiddenPixels() throws Exception {
    byte[] text = TestData.file("metadata/filled.json");
    Manifest test = Manifest.parse(new String(text, StandardCharsets.UTF_8));
    int[] rgb = TestData.ints(test.list("rgb"));
    int[] alpha = TestData.ints(test.list("alpha"));
    int[] wanted = TestData.ints(test.list("filled"));
    Pixels picture = new Pixels(30, 21);
    Pixels expected = new Pixels(30, 21);
    for (int i = 0; i < alpha.length; i++) {
      int at = 3 * i;
      picture.argb[i] = alpha[i] << 24 | rgb[at] << 16 | rgb[at + 1] << 8 | rgb[at + 2];
      expected.argb[i] = alpha[i] << 24 | wanted[at] << 16 | wanted[at + 1] << 8 | wanted[at + 2];
    }
    PixelSource filled = FilledPixels.of(picture);
    Pixels found = new Pixels(30, 21);
    filled.get(found.argb, 0, 0, 30, 21);
    assertTrue(found.maxDifference(expected) <= 1, "apart by " + found.maxDifference(expected));
    int[] part = new int[12];
    filled.get(part, 15, 8, 4, 3);
    for (int i = 0; i < part.length; i++) {
      assertEquals(found.argb[(8 + i / 4) * 30 + 15 + i % 4], part[i]);
    }
    Pixels opaque = Pixels.sample(5, 4);
    assertEquals(opaque, FilledPixels.of(opaque));
    Pixels nothing = new Pixels(3, 3);
    int[] grey = new int[9];
    FilledPixels.of(nothing).get(grey, 0, 0, 3, 3);
    assertEquals(0x808080, grey[4]);
  }

  /** Damaged files say less, or nothing, and never more than they have. */
  @Test
  void damagedFiles() throws Exception {
    Random random = new Random(8);
    for (String name : new String[] {"phone.jpg", "adobe.png", "phone.webp"}) {
      byte[] good = TestData.file("metadata/" + name);
      for (int i = 0; i < 3000; i++) {
        byte[] bad = Arrays.copyOf(good, i % 2 == 0 ? good.length : random.nextInt(good.length));
        for (int changes = random.nextInt(5); bad.length > 0 && changes >= 0; changes--) {
          bad[random.nextInt(bad.length)] = (byte) random.nextInt();
        }
        PictureFile found = PictureFile.read(bad);
        assertTrue(found.orientation >= 1 && found.orientation <= 8);
        PictureMetadata.basic(found, ROOMY);
      }
    }
  }
}
