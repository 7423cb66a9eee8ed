package org.tfgan.codec;

/**
 * Base class of every error this library raises on purpose, so that one {@code catch} gets them
 * all. The family is that of the Python package: damaged file, damaged model, impossible picture,
 * wrong call. Messages are one line, fit to be shown to a user: what was wrong, what to do.
 *
 * <p>Checked, because nearly all input of a decoder comes from strangers.
 */
public abstract class TgcException extends Exception {
  private static final long serialVersionUID = 1;

  TgcException(String message) {
    super(message);
  }

  TgcException(String message, Throwable cause) {
    super(message, cause);
  }
}
