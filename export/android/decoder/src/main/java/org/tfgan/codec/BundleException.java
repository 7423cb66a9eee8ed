package org.tfgan.codec;

/** A model bundle is damaged, incomplete, breaks the normative bounds, or cannot be run. */
public final class BundleException extends TgcException {
  private static final long serialVersionUID = 1;

  public BundleException(String message) {
    super(message);
  }

  public BundleException(String message, Throwable cause) {
    super(message, cause);
  }
}
