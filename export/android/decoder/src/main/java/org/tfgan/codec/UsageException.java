package org.tfgan.codec;

/** A method was called with arguments that make no sense. */
public final class UsageException extends TgcException {
  private static final long serialVersionUID = 1;

  public UsageException(String message) {
    super(message);
  }

  public UsageException(String message, Throwable cause) {
    super(message, cause);
  }
}
