package org.tfgan.codec;

/** A picture has a size or form that the format or this device cannot hold. */
public final class ImageException extends TgcException {
  private static final long serialVersionUID = 1;

  public ImageException(String message) {
    super(message);
  }

  public ImageException(String message, Throwable cause) {
    super(message, cause);
  }
}
