package org.tfgan.codec.demo;

/** Something that cannot be done, in words for the user. */
final class Sorry extends Exception {
  private static final long serialVersionUID = 1;

  Sorry(String message) {
    super(message);
  }
}
