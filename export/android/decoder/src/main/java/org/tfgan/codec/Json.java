package org.tfgan.codec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON into maps, lists, strings, doubles, booleans and null: what a bundle's manifest needs.
 * Written here because neither Java nor this library, which has no dependencies, brings a reader.
 */
final class Json {
  /** Deeper nesting would exhaust the stack. */
  private static final int MAX_DEPTH = 64;

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  static Object parse(String text) throws BundleException {
    Json json = new Json(text);
    Object value = json.value(0);
    json.skipSpace();
    if (json.at < text.length()) {
      throw json.error("nothing more");
    }
    return value;
  }

  private Object value(int depth) throws BundleException {
    skipSpace();
    if (depth > MAX_DEPTH) {
      throw error("less nesting");
    }
    switch (at < text.length() ? text.charAt(at) : 0) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return string();
      case 't':
        return literal("true", Boolean.TRUE);
      case 'f':
        return literal("false", Boolean.FALSE);
      case 'n':
        return literal("null", null);
      default:
        return number();
    }
  }

  private Map<String, Object> object(int depth) throws BundleException {
    Map<String, Object> result = new LinkedHashMap<>();
    at++;
    if (accept('}')) {
      return result;
    }
    do {
      skipSpace();
      String key = string();
      expect(':');
      result.put(key, value(depth + 1));
    } while (accept(','));
    expect('}');
    return result;
  }

  private List<Object> array(int depth) throws BundleException {
    List<Object> result = new ArrayList<>();
    at++;
    if (accept(']')) {
      return result;
    }
    do {
      result.add(value(depth + 1));
    } while (accept(','));
    expect(']');
    return result;
  }

  private String string() throws BundleException {
    if (at >= text.length() || text.charAt(at) != '"') {
      throw error("a string");
    }
    StringBuilder result = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return result.toString();
      }
      result.append(c == '\\' ? escaped() : c);
    }
    throw error("the end of a string");
  }

  /** The character that a backslash at the current place stands for; ends on its last digit. */
  private char escaped() throws BundleException {
    at++;
    char c = at < text.length() ? text.charAt(at) : 0;
    int plain = "\"\\/bfnrt".indexOf(c);
    if (plain >= 0) {
      return "\"\\/\b\f\n\r\t".charAt(plain);
    }
    try {
      if (c == 'u') {
        at += 4;
        return (char) Integer.parseInt(text.substring(at - 3, at + 1), 16);
      }
    } catch (NumberFormatException | StringIndexOutOfBoundsException error) {
      // falls through to the error below
    }
    throw error("an escaped character");
  }

  private Object literal(String name, Object value) throws BundleException {
    if (!text.startsWith(name, at)) {
      throw error("a value");
    }
    at += name.length();
    return value;
  }

  private Double number() throws BundleException {
    int start = at;
    while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    try {
      return Double.valueOf(text.substring(start, at));
    } catch (NumberFormatException error) {
      throw error("a value");
    }
  }

  private boolean accept(char c) {
    skipSpace();
    boolean found = at < text.length() && text.charAt(at) == c;
    at += found ? 1 : 0;
    return found;
  }

  private void expect(char c) throws BundleException {
    if (!accept(c)) {
      throw error("'" + c + "'");
    }
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private BundleException error(String expected) {
    return new BundleException("not valid JSON: expected " + expected + " at character " + at);
  }
}
