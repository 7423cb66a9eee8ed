package org.tfgan.codec;

/** A compressed file is damaged, truncated, or not for this codec. */
public final class BitstreamException extends TgcException {
  private static final long serialVersionUID = 1;

  public BitstreamException(String message) {
    super(message);
  }

  public BitstreamException(String message, Throwable cause) {
    super(message, cause);
  }
}
