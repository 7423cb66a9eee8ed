package org.tfgan.codec;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers the conformance suite, as {@code docs/conformance.md} says. Arguments are a model's
 * folder, a folder to write, and files. Pixels come along where {@code -Dtgc.tflite} names the C
 * library of TensorFlow Lite.
 */
final class Conformance {
  private static final int WHOLE = 8192; // cells: all pictures of the suite, in one window

  private final LoadedBundle model;
  private final Networks networks;
  private final PictureDecoder decoder;

  private Conformance(LoadedBundle model) {
    this.model = model;
    networks = TfLiteC.available() ? new Networks(new TfLiteC(), WHOLE) : null;
    decoder = new PictureDecoder(model, networks);
  }

  public static void main(String[] args) throws Exception {
    Conformance suite = new Conformance(LoadedBundle.load(new FolderFiles(new File(args[0]))));
    for (int i = 2; i < args.length; i++) {
      String stem = new File(args[i]).getName().replaceFirst("\\.tgc$", "");
      byte[] blob = Files.readAllBytes(new File(args[i]).toPath());
      String answer = suite.answer(blob, new File(args[1], stem + ".pnm"));
      File file = new File(args[1], stem + ".json");
      Files.write(file.toPath(), answer.getBytes(StandardCharsets.UTF_8));
    }
  }

  private String answer(byte[] blob, File picture) throws Exception {
    try {
      TgcFile file = Container.parse(blob);
      PictureSymbols symbols = decoder.decodeSymbols(file);
      if (networks != null) {
        Pixels pixels = new Pixels(file.width, file.height);
        double[] realisms = model.realisms();
        decoder.render(file, symbols, realisms[realisms.length - 1], pixels);
        Files.write(picture.toPath(), pam(pixels));
      } else {
        AlphaPlane.decode(file);
      }
      return "{\"symbols\": [" + hashes(file, symbols) + "]}";
    } catch (BitstreamException error) {
      return "{\"error\": \"bitstream\"}";
    } catch (ImageException error) {
      return "{\"error\": \"image\"}";
    }
  }

  /** The hashes of a file's stages, of each layer. */
  private String hashes(TgcFile file, PictureSymbols symbols) throws Exception {
    SymbolCoder coder = model.layers.get(0).coder;
    if (symbols instanceof ContextPictureSymbols) {
      ContextSymbols context = ((ContextPictureSymbols) symbols).symbols;
      return String.format(
          "{\"z\": \"%s\", \"features\": \"%s\", \"q\": \"%s\", \"bytes\": \"%s\"}",
          hash(context.z),
          Hashes.sha256(context.features),
          hash(context.q),
          Hashes.sha256(model.layers.get(0).contextCoder.encode(context)));
    }
    if (symbols instanceof HyperpriorSymbols) {
      Symbols whole = ((HyperpriorSymbols) symbols).symbols;
      return hashes(whole, file.tiles == null ? coder.encode(whole) : tilesAgain(coder, file));
    }
    Symbols[] layers = ((LayeredSymbols) symbols).layers;
    List<String> all = new ArrayList<>();
    for (int i = 0; i < layers.length; i++) {
      all.add(hashes(layers[i], model.layers.get(i).coder.encode(layers[i])));
    }
    return String.join(", ", all);
  }

  private static String hashes(Symbols symbols, byte[] streams) {
    return String.format(
        "{\"z\": \"%s\", \"indexes\": \"%s\", \"r\": \"%s\", \"bytes\": \"%s\"}",
        hash(symbols.z),
        Hashes.sha256(symbols.indexes),
        hash(symbols.residuals),
        Hashes.sha256(streams));
  }

  /** The streams of all tiles, coded again from their symbols. */
  private static byte[] tilesAgain(SymbolCoder coder, TgcFile file) throws Exception {
    ByteArrayOutputStream streams = new ByteArrayOutputStream();
    for (Tile tile : file.tiles) {
      int height = Bundle.latents(tile.height);
      int width = Bundle.latents(tile.width);
      streams.write(coder.encode(coder.decode(tile.stream, height, width)));
    }
    return streams.toByteArray();
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
