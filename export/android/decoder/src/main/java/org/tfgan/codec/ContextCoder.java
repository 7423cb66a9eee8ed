package org.tfgan.codec;

/**
 * Symbols of a model with a context model to a stream and back: hyper-latents, a check of the
 * features that follow from them, then the latents, front after front.
 */
final class ContextCoder {
  private final SymbolCoder head;
  private final CodingTables yTables;
  private final ContextModel model;

  /** Of the latents. */
  private final int channels;

  /** {@code head} codes hyper-latents and features. */
  ContextCoder(SymbolCoder head, CodingTables yTables, ContextModel model, int channels) {
    this.head = head;
    this.yTables = yTables;
    this.model = model;
    this.channels = channels;
  }

  /**
   * Reads the symbols of latents of this size.
   *
   * @throws BitstreamException if the stream is not one of such latents and of this model
   * @throws ImageException if this machine has too little memory for so many
   */
  ContextSymbols decode(byte[] stream, int height, int width)
      throws BitstreamException, ImageException {
    head.checkMemory(height, width);
    RangeDecoder decoder = head.start(stream, height, width);
    int[] z = head.decodeHyperLatents(decoder, height, width);
    byte[] features = head.decodeIndexes(decoder, z, height, width);
    int[] q = new int[height * width * channels];
    Predictor predictor = new Predictor(model, features, new int[] {height, width, channels});
    Wavefront front = new Wavefront(predictor.shape, model.kernel);
    while (front.next()) {
      for (int start = 0; start < front.size(); start += Predictor.AT_ONCE) {
        int count = Math.min(Predictor.AT_ONCE, front.size() - start);
        predictor.predict(front, start, count);
        for (int i = 0; i < count; i++) {
          int value = decoder.decode(yTables, predictor.tables[i]) + predictor.means[i];
          int line = front.line(start + i);
          int depth = front.depth(start + i);
          q[predictor.place(line, depth)] = value;
          predictor.put(line, depth, value);
        }
      }
    }
    decoder.finish();
    return new ContextSymbols(height, width, z, features, q);
  }

  /**
   * Writes symbols as one stream.
   *
   * @throws UsageException if a value is too far outside its table
   */
  byte[] encode(ContextSymbols symbols) throws UsageException {
    RangeEncoder encoder = new RangeEncoder();
    head.encodeHead(encoder, symbols.z, symbols.features);
    int[] size = {symbols.height, symbols.width, channels};
    Predictor predictor = new Predictor(model, symbols.features, size);
    Wavefront front = new Wavefront(predictor.shape, model.kernel);
    while (front.next()) {
      for (int start = 0; start < front.size(); start += Predictor.AT_ONCE) {
        int count = Math.min(Predictor.AT_ONCE, front.size() - start);
        predictor.predict(front, start, count);
        for (int i = 0; i < count; i++) {
          int line = front.line(start + i);
          int depth = front.depth(start + i);
          int value = symbols.q[predictor.place(line, depth)];
          encoder.encode(yTables, predictor.tables[i], value - predictor.means[i]);
          predictor.put(line, depth, value);
        }
      }
    }
    return head.finish(encoder, symbols.height, symbols.width);
  }
}
