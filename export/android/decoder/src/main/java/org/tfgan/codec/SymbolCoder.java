package org.tfgan.codec;

import java.util.Arrays;

/**
 * Symbols to a stream and back ("Payload" of the format): hyper-latents, the check of the index map
 * that follows from them, then the residuals where the index is not 0.
 */
public final class SymbolCoder {
  /** Five bytes of a symbol stay for long; as many again leave room for networks and pixels. */
  private static final int BYTES_PER_SYMBOL = 12;

  /** The length of a Java array. */
  private static final long MAX_SYMBOLS = Integer.MAX_VALUE - 8;

  private final CodingTables zTables;
  private final CodingTables yTables;
  private final ScaleDecoder scaleDecoder;

  public SymbolCoder(CodingTables zTables, CodingTables yTables, ScaleDecoder scaleDecoder) {
    this.zTables = zTables;
    this.yTables = yTables;
    this.scaleDecoder = scaleDecoder;
  }

  /**
   * Reads the symbols of latents of {@code height} x {@code width}.
   *
   * @throws BitstreamException if the stream is not one of such latents and of this model
   * @throws ImageException if this machine has too little memory for so many
   */
  public Symbols decode(byte[] stream, int height, int width)
      throws BitstreamException, ImageException {
    checkMemory(height, width);
    RangeDecoder decoder = start(stream, height, width);
    int[] z = decodeHyperLatents(decoder, height, width);
    byte[] indexes = decodeIndexes(decoder, z, height, width);
    int[] residuals = decodeResiduals(decoder, indexes);
    decoder.finish();
    return symbols(height, width, z, indexes, residuals);
  }

  /**
   * Writes symbols as one stream.
   *
   * @throws UsageException if a value is too far outside its table
   */
  public byte[] encode(Symbols symbols) throws UsageException {
    RangeEncoder encoder = new RangeEncoder();
    encodeHead(encoder, symbols.z, symbols.indexes);
    for (int i = 0; i < symbols.indexes.length; i++) {
      if (symbols.indexes[i] != 0) {
        encoder.encode(yTables, symbols.indexes[i], symbols.residuals[i]);
      }
    }
    return finish(encoder, symbols.height, symbols.width);
  }

  /** Writes what every stream begins with: hyper-latents, the check of what they lead to. */
  void encodeHead(RangeEncoder encoder, int[] z, byte[] indexes) throws UsageException {
    for (int i = 0; i < z.length; i++) {
      encoder.encode(zTables, i % zTables.rows, z[i]);
    }
    int check = Crc16.of(indexes);
    encoder.encode(CodingTables.BYTES, 0, check >> 8);
    encoder.encode(CodingTables.BYTES, 0, check & 0xFF);
  }

  /** The whole stream of latents of this size, once all is encoded. */
  byte[] finish(RangeEncoder encoder, int height, int width) {
    // The range coder leaves zeros at the end away, all of them if chance has it.
    byte[] stream = encoder.finish();
    long least = leastBytes(height, width);
    return stream.length < least ? Arrays.copyOf(stream, (int) least) : stream;
  }

  /** How many bytes every stream of latents of this size has ("Least length" of the format). */
  long leastBytes(int height, int width) {
    long sum = 0;
    for (int row = 0; row < zTables.rows; row++) {
      sum += zTables.leastBits(row);
    }
    return Math.max(0, (long) hyper(height) * hyper(width) * sum / (8 * 256) - 1);
  }

  /** About how many bits {@link #encode} will write, in a fraction of the time. */
  public double estimateBits(Symbols symbols) {
    double bits = 16;
    for (int i = 0; i < symbols.z.length; i++) {
      bits += zTables.bits(i % zTables.rows, symbols.z[i]);
    }
    for (int i = 0; i < symbols.indexes.length; i++) {
      if (symbols.indexes[i] != 0) {
        bits += yTables.bits(symbols.indexes[i], symbols.residuals[i]);
      }
    }
    return bits;
  }

  /** The index map of hyper-latents, for an encoder. */
  byte[] indexes(int[] z, int height, int width) throws BitstreamException {
    return scaleDecoder.indexes(z, hyper(height), hyper(width), height, width);
  }

  Symbols symbols(int height, int width, int[] z, byte[] indexes, int[] residuals) {
    return new Symbols(
        height, width, scaleDecoder.outputs, scaleDecoder.upscale, z, indexes, residuals);
  }

  /**
   * Throws if a stream is too short for latents of this size, so that nobody works for what a few
   * bytes claim.
   */
  void checkLength(byte[] stream, int height, int width) throws BitstreamException {
    long least = leastBytes(height, width);
    if (stream.length < least) {
      throw new BitstreamException(
          "the coded data has " + stream.length + " bytes, of " + least
              + " that a picture of this size takes at least: the file is damaged");
    }
  }

  /** Begins to read a stream of latents of this size. */
  RangeDecoder start(byte[] stream, int height, int width) throws BitstreamException {
    checkLength(stream, height, width);
    return new RangeDecoder(stream);
  }

  int[] decodeHyperLatents(RangeDecoder decoder, int height, int width)
      throws BitstreamException {
    int[] z = new int[hyper(height) * hyper(width) * zTables.rows];
    for (int i = 0; i < z.length; ) {
      for (int channel = 0; channel < zTables.rows; channel++) {
        z[i++] = decoder.decode(zTables, channel);
      }
    }
    return z;
  }

  /** The index map of hyper-latents, or their features, which the stream has a check of. */
  byte[] decodeIndexes(RangeDecoder decoder, int[] z, int height, int width)
      throws BitstreamException {
    byte[] indexes = indexes(z, height, width);
    int check = decoder.decode(CodingTables.BYTES, 0) << 8 | decoder.decode(CodingTables.BYTES, 0);
    if (check != Crc16.of(indexes)) {
      throw new BitstreamException("the coded data is damaged (the check of its scales fails)");
    }
    return indexes;
  }

  /** Symbols of latents of this size, all 0. */
  Symbols empty(int height, int width) {
    int[] z = new int[hyper(height) * hyper(width) * zTables.rows];
    int size = height * width * scaleDecoder.outputs;
    return symbols(height, width, z, new byte[size], new int[size]);
  }

  private int[] decodeResiduals(RangeDecoder decoder, byte[] indexes) throws BitstreamException {
    int[] residuals = new int[indexes.length];
    for (int i = 0; i < indexes.length; i++) {
      if (indexes[i] != 0) {
        residuals[i] = decoder.decode(yTables, indexes[i]);
      }
    }
    return residuals;
  }

  /** Refuses sizes that cannot end well, before memory is taken. */
  void checkMemory(int height, int width) throws ImageException {
    long symbols = (long) height * width * scaleDecoder.outputs;
    long affordable = Runtime.getRuntime().maxMemory() / BYTES_PER_SYMBOL;
    if (symbols > Math.min(affordable, MAX_SYMBOLS)) {
      throw new ImageException("the picture is too large for the memory of this device");
    }
  }

  private int hyper(int size) {
    return (size + scaleDecoder.upscale - 1) / scaleDecoder.upscale;
  }
}
