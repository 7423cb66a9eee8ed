package org.tfgan.codec.demo;

import android.content.ContentProvider;
import android.content.ContentValues;
import android.content.Context;
import android.database.Cursor;
import android.database.MatrixCursor;
import android.net.Uri;
import android.os.ParcelFileDescriptor;
import android.provider.OpenableColumns;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;

/** Lets other apps read the one file that the user shares, and nothing else. */
public final class SharedFileProvider extends ContentProvider {
  private static final String NAME = "picture.tgc";
  private static final Uri CONTENT = Uri.parse("content://org.tfgan.codec.demo.files/" + NAME);

  /** Keeps a file for sharing, in place of the former one, and returns its address. */
  static Uri keep(Context context, byte[] contents) throws IOException {
    try (FileOutputStream out = new FileOutputStream(file(context))) {
      out.write(contents);
    }
    return CONTENT;
  }

  private static File file(Context context) {
    return new File(context.getCacheDir(), NAME);
  }

  @Override
  public boolean onCreate() {
    return true;
  }

  @Override
  public ParcelFileDescriptor openFile(Uri uri, String mode) throws FileNotFoundException {
    if (!CONTENT.equals(uri) || !mode.equals("r")) {
      throw new FileNotFoundException(uri.toString());
    }
    return ParcelFileDescriptor.open(file(getContext()), ParcelFileDescriptor.MODE_READ_ONLY);
  }

  @Override
  public String getType(Uri uri) {
    return "application/octet-stream";
  }

  /** Name and size, which receivers ask for. */
  @Override
  public Cursor query(
      Uri uri, String[] projection, String selection, String[] arguments, String order) {
    String[] columns = {OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE};
    MatrixCursor cursor = new MatrixCursor(columns);
    cursor.addRow(new Object[] {NAME, file(getContext()).length()});
    return cursor;
  }

  @Override
  public Uri insert(Uri uri, ContentValues values) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int delete(Uri uri, String selection, String[] arguments) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int update(Uri uri, ContentValues values, String selection, String[] arguments) {
    throw new UnsupportedOperationException();
  }
}
