package org.tfgan.codec;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, and bytes as hexadecimal digits. */
final class Hashes {
  private Hashes() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible); // every Java and every Android has it
    }
  }

  static String sha256(byte[] data) {
    return hex(sha256().digest(data));
  }

  static String hex(byte[] data) {
    StringBuilder text = new StringBuilder();
    for (byte value : data) {
      text.append(Character.forDigit(value >> 4 & 15, 16)).append(Character.forDigit(value & 15, 16));
    }
    return text.toString();
  }
}
