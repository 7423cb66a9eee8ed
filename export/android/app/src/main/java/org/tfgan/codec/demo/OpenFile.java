package org.tfgan.codec.demo;

import android.content.res.Resources;
import android.os.SystemClock;
import org.tfgan.codec.BitstreamException;
import org.tfgan.codec.Container;
import org.tfgan.codec.ImageException;
import org.tfgan.codec.PictureSymbols;
import org.tfgan.codec.TgcException;
import org.tfgan.codec.TgcFile;

/** A {@code .tgc} file whose symbols are decoded: pictures of any realism are a render away. */
final class OpenFile {
  private final byte[] bytes;
  private final TgcFile file;
  private final PictureSymbols symbols;
  private final long symbolsMs;

  OpenFile(Model model, byte[] bytes) throws BitstreamException, ImageException {
    this.bytes = bytes;
    file = Container.parse(bytes);
    long start = SystemClock.elapsedRealtime();
    symbols = model.decoder.decodeSymbols(file);
    symbolsMs = SystemClock.elapsedRealtime() - start;
  }

  /** Renders the picture and describes it. */
  Shown render(Model model, double realism, Resources resources) throws TgcException {
    BitmapSink sink = new BitmapSink(file.width, file.height, file.transparent());
    long start = SystemClock.elapsedRealtime();
    model.decoder.render(file, symbols, realism, sink);
    long ms = symbolsMs + SystemClock.elapsedRealtime() - start;
    double bpp = 8.0 * bytes.length / ((double) file.width * file.height);
    String text =
        resources.getString(
            R.string.decoded, file.width, file.height, bytes.length, bpp, file.quality, ms,
            symbolsMs);
    if (sink.step > 1) {
      text = resources.getString(R.string.reduced, text, sink.step);
    }
    return new Shown(sink.bitmap, text, bytes);
  }
}
