package org.tfgan.codec;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/**
 * Answers the conformance suite, as {@code docs/conformance.md} says. Arguments are a model's
 * folder, a folder to write, and files. Pixels come along where {@code -Dtgc.tflite} names the C
 * library of TensorFlow Lite.
 */
final class Conformance {
  private static final int WHOLE = 8192; // cells: all pictures of the suite, in one window

  private final Bundle bundle;
  private final Networks networks;
  private final PictureDecoder decoder;

  private Conformance(Bundle bundle) {
    this.bundle = bundle;
    networks = TfLiteC.available() ? new Networks(bundle, new TfLiteC(), WHOLE) : null;
    decoder = new PictureDecoder(bundle, networks);
  }

  public static void main(String[] args) throws Exception {
    Conformance suite = open(new File(args[0]));
    for (int i = 2; i < args.length; i++) {
      String stem = new File(args[i]).getName().replaceFirst("\\.tgc$", "");
      byte[] blob = Files.readAllBytes(new File(args[i]).toPath());
      String answer =
          suite == null || otherVersion(blob)
              ? "{\"unsupported\": \"layers, tiles and context models\"}"
              : suite.answer(blob, new File(args[1], stem + ".pnm"));
      File file = new File(args[1], stem + ".json");
      Files.write(file.toPath(), answer.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Null for models of kinds that are not read here. */
  private static Conformance open(File folder) {
    try {
      return new Conformance(Bundle.load(new FolderFiles(folder)));
    } catch (BundleException error) {
      return null;
    }
  }

  private static boolean otherVersion(byte[] blob) {
    return blob.length > 3 && (blob[3] >> 4 == 2 || blob[3] >> 4 == 3);
  }

  private String answer(byte[] blob, File picture) throws Exception {
    try {
      TgcFile file = Container.parse(blob);
      Symbols symbols = decoder.decodeSymbols(file);
      if (networks != null) {
        Pixels pixels = new Pixels(file.width, file.height);
        double[] realisms = bundle.realisms();
        decoder.render(file, symbols, realisms[realisms.length - 1], pixels);
        Files.write(picture.toPath(), pam(pixels));
      } else if (file.alpha != null) {
        GreyPng.decode(file.alpha, file.width, file.height);
      }
      return String.format(
          "{\"symbols\": [{\"z\": \"%s\", \"indexes\": \"%s\", \"r\": \"%s\", \"bytes\": \"%s\"}]}",
          hash(symbols.z),
          Hashes.sha256(symbols.indexes),
          hash(symbols.residuals),
          Hashes.sha256(bundle.coder.encode(symbols)));
    } catch (BitstreamException error) {
      return "{\"error\": \"bitstream\"}";
    } catch (ImageException error) {
      return "{\"error\": \"image\"}";
    }
  }

  /** SHA-256 of integers as 32 bits, little endian. */
  private static String hash(int[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asIntBuffer().put(values);
    return Hashes.sha256(buffer.array());
  }

  private static byte[] pam(Pixels pixels) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String head =
        String.format(
            "P7%nWIDTH %d%nHEIGHT %d%nDEPTH 4%nMAXVAL 255%nTUPLTYPE RGB_ALPHA%nENDHDR%n",
            pixels.width, pixels.height);
    byte[] text = head.replace("\r\n", "\n").getBytes(StandardCharsets.US_ASCII);
    out.write(text, 0, text.length);
    for (int argb : pixels.argb) {
      out.write(argb >> 16);
      out.write(argb >> 8);
      out.write(argb);
      out.write(argb >> 24);
    }
    return out.toByteArray();
  }
}
