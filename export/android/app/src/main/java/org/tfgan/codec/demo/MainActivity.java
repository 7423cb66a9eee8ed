package org.tfgan.codec.demo;

import android.app.Activity;
import android.content.ActivityNotFoundException;
import android.content.Intent;
import android.net.Uri;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;
import android.widget.ImageView;
import android.widget.SeekBar;
import android.widget.TextView;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.tfgan.codec.TgcException;

/**
 * The one screen: opens a {@code .tgc} file and shows it, or makes one of a photo. What takes time
 * runs on one worker thread, which owns the session; views belong to the main thread.
 */
public final class MainActivity extends Activity {
  private static final int OPEN_FILE = 1;
  private static final int OPEN_PHOTO = 2;
  private static final int SHARE = 3;

  /** The left end of the slider, in hundredths of a bit per pixel. */
  private static final int LOWEST_BPP = 3;

  /** What the worker does; null if there is nothing new to show. */
  private interface Job {
    Shown run() throws IOException, TgcException, Sorry;
  }

  private final ExecutorService worker = Executors.newSingleThreadExecutor();
  private Session session;
  private ImageView picture;
  private TextView status;
  private TextView bppText;
  private SeekBar bpp;
  private SeekBar realism;
  private View realismRow;
  private Button openFile;
  private Button openPhoto;
  private Button share;
  private byte[] shareable;

  /** Number of the decoder that the slider stands on; at first the most realistic there is. */
  private int decoder = Integer.MAX_VALUE;

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.main);
    session = new Session(this);
    picture = (ImageView) findViewById(R.id.picture);
    status = (TextView) findViewById(R.id.status);
    bppText = (TextView) findViewById(R.id.bpp_text);
    bpp = (SeekBar) findViewById(R.id.bpp);
    realism = (SeekBar) findViewById(R.id.realism);
    realismRow = findViewById(R.id.realism_row);
    openFile = (Button) findViewById(R.id.open_file);
    openPhoto = (Button) findViewById(R.id.open_photo);
    share = (Button) findViewById(R.id.share);
    openFile.setOnClickListener(view -> pick("*/*", OPEN_FILE));
    openPhoto.setOnClickListener(view -> pick("image/*", OPEN_PHOTO));
    share.setOnClickListener(view -> share());
    bpp.setOnSeekBarChangeListener(new SliderListener(this::showBpp, () -> {}));
    realism.setOnSeekBarChangeListener(new SliderListener(() -> {}, this::chooseDecoder));
    showBpp();
    work(R.string.loading, this::loadModel);
    receive(getIntent());
  }

  @Override
  protected void onNewIntent(Intent intent) {
    super.onNewIntent(intent);
    receive(intent);
  }

  @Override
  protected void onDestroy() {
    worker.execute(session::close);
    worker.shutdown();
    super.onDestroy();
  }

  @Override
  protected void onActivityResult(int request, int result, Intent data) {
    super.onActivityResult(request, result, data);
    if (request != SHARE && result == RESULT_OK && data != null && data.getData() != null) {
      open(data.getData(), request == OPEN_PHOTO);
    }
  }

  /** Opens what another app sent here, if any did. */
  private void receive(Intent intent) {
    boolean sent = Intent.ACTION_SEND.equals(intent.getAction());
    Uri uri = sent ? intent.getParcelableExtra(Intent.EXTRA_STREAM) : intent.getData();
    String type = intent.getType();
    if (uri != null) {
      open(uri, type != null && type.startsWith("image/"));
    }
  }

  private void pick(String type, int request) {
    Intent intent = new Intent(Intent.ACTION_OPEN_DOCUMENT);
    intent.addCategory(Intent.CATEGORY_OPENABLE);
    intent.setType(type);
    start(intent, request);
  }

  private void share() {
    try {
      Intent intent = new Intent(Intent.ACTION_SEND);
      intent.setType("application/octet-stream");
      intent.putExtra(Intent.EXTRA_STREAM, SharedFileProvider.keep(this, shareable));
      intent.addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION);
      start(Intent.createChooser(intent, getString(R.string.share)), SHARE);
    } catch (IOException error) {
      status.setText(sorry(getString(R.string.unreadable, error.getMessage())));
    }
  }

  private void start(Intent intent, int request) {
    try {
      startActivityForResult(intent, request);
    } catch (ActivityNotFoundException error) {
      status.setText(sorry(getString(R.string.no_app)));
    }
  }

  private void open(Uri uri, boolean photo) {
    int with = decoder;
    if (photo) {
      double wanted = chosenBpp();
      work(R.string.encoding, () -> session.encode(uri, wanted, with));
    } else {
      work(R.string.decoding, () -> session.open(uri, with));
    }
  }

  private void chooseDecoder() {
    decoder = realism.getProgress();
    int with = decoder;
    work(R.string.decoding, () -> session.again(with));
  }

  /** Runs on the worker. */
  private Shown loadModel() throws TgcException {
    int decoders = session.realisms().length;
    runOnUiThread(
        () -> {
          realism.setMax(decoders - 1);
          realism.setProgress(decoders - 1);
          realismRow.setVisibility(decoders > 1 ? View.VISIBLE : View.GONE);
        });
    return null;
  }

  /** Runs a job on the worker, with buttons and slider off meanwhile; shows what came of it. */
  private void work(int busy, Job job) {
    setBusy(true);
    status.setText(busy);
    worker.execute(
        () -> {
          try {
            Shown shown = job.run();
            runOnUiThread(() -> done(shown, getString(R.string.welcome)));
          } catch (TgcException | Sorry error) {
            fail(error.getMessage());
          } catch (IOException | SecurityException error) {
            fail(getString(R.string.unreadable, error.getMessage()));
          } catch (OutOfMemoryError error) {
            fail(getString(R.string.no_memory));
          }
        });
  }

  private void fail(String reason) {
    runOnUiThread(() -> done(null, sorry(reason)));
  }

  private void done(Shown shown, String otherwise) {
    if (shown != null) {
      picture.setImageBitmap(shown.bitmap);
      shareable = shown.file;
    }
    status.setText(shown != null ? shown.text : otherwise);
    setBusy(false);
  }

  private void setBusy(boolean busy) {
    openFile.setEnabled(!busy);
    openPhoto.setEnabled(!busy);
    share.setEnabled(!busy && shareable != null);
    realism.setEnabled(!busy);
  }

  private String sorry(String reason) {
    return getString(R.string.failed, reason);
  }

  private double chosenBpp() {
    return (LOWEST_BPP + bpp.getProgress()) / 100.0;
  }

  private void showBpp() {
    bppText.setText(getString(R.string.bpp, chosenBpp()));
  }
}
