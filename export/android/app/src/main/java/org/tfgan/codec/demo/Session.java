package org.tfgan.codec.demo;

import android.content.ContentResolver;
import android.content.Context;
import android.content.res.Resources;
import android.net.Uri;
import android.os.SystemClock;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.tfgan.codec.TgcException;

/** The work behind the screen: the model and the open file. For one thread, the worker. */
final class Session implements Closeable {
  /** No file that fits the memory of a phone when decoded is larger, nor a photo as a rule. */
  private static final int MAX_FILE_BYTES = 1 << 26;

  private final Context context;
  private final Resources resources;
  private final ContentResolver resolver;
  private Model model;
  private OpenFile openFile;

  Session(Context context) {
    this.context = context.getApplicationContext();
    resources = context.getResources();
    resolver = context.getContentResolver();
  }

  /** The realism of each decoder of the model, which is loaded when first needed. */
  double[] realisms() throws TgcException {
    return model().realisms;
  }

  /** Opens a {@code .tgc} file. */
  Shown open(Uri uri, int decoder) throws IOException, TgcException, Sorry {
    return show(contents(uri), decoder);
  }

  /** Makes a file of a photo and opens it. */
  Shown encode(Uri uri, double bpp, int decoder) throws IOException, TgcException, Sorry {
    Photo photo = Photo.read(contents(uri), bpp);
    if (photo == null) {
      throw new Sorry(resources.getString(R.string.no_picture));
    }
    openFile = null; // frees its memory first
    long start = SystemClock.elapsedRealtime();
    byte[] bytes =
        model().encoder().encodeWithin(photo.pixels, photo.metadata, photo.maxBytes);
    long ms = SystemClock.elapsedRealtime() - start;
    photo.recycle();
    Shown shown = show(bytes, decoder);
    return new Shown(
        shown.bitmap, resources.getString(R.string.encoded, ms, shown.text), shown.file);
  }

  /** Renders the open file again; null if there is none. */
  Shown again(int decoder) throws TgcException {
    return openFile == null ? null : openFile.render(model(), realism(decoder), resources);
  }

  @Override
  public void close() {
    if (model != null) {
      model.close();
    }
  }

  private byte[] contents(Uri uri) throws IOException, Sorry {
    try (InputStream in = resolver.openInputStream(uri)) {
      if (in == null) {
        throw new FileNotFoundException(uri.toString());
      }
      byte[] bytes = Streams.readFully(in, MAX_FILE_BYTES);
      if (bytes == null) {
        throw new Sorry(resources.getString(R.string.file_too_large));
      }
      return bytes;
    }
  }

  private Shown show(byte[] bytes, int decoder) throws TgcException {
    openFile = null; // frees its memory first
    openFile = new OpenFile(model(), bytes);
    return again(decoder);
  }

  /** The realism of decoder number {@code decoder}; the most realistic one for a higher number. */
  private double realism(int decoder) throws TgcException {
    double[] realisms = realisms();
    return realisms[Math.min(decoder, realisms.length - 1)];
  }

  private Model model() throws TgcException {
    if (model == null) {
      model = new Model(context.getAssets());
    }
    return model;
  }
}
