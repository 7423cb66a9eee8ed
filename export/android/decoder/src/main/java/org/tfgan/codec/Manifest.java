package org.tfgan.codec;

import java.util.List;
import java.util.Map;

/** A JSON object with typed access, so that a manifest of another shape is a clear error. */
final class Manifest {
  private final Map<?, ?> object;

  private Manifest(Map<?, ?> object) {
    this.object = object;
  }

  static Manifest parse(String text) throws BundleException {
    return of(Json.parse(text), "manifest.json");
  }

  static Manifest of(Object value, String what) throws BundleException {
    return new Manifest(cast(value, Map.class, what));
  }

  String string(String key) throws BundleException {
    return cast(object.get(key), String.class, key);
  }

  double number(String key) throws BundleException {
    return cast(object.get(key), Double.class, key);
  }

  int integer(String key) throws BundleException {
    double value = number(key);
    if (value != (int) value) {
      throw new BundleException(key + " is " + value + " in the manifest: export again");
    }
    return (int) value;
  }

  boolean bool(String key) throws BundleException {
    return cast(object.get(key), Boolean.class, key);
  }

  Manifest child(String key) throws BundleException {
    return of(object.get(key), key);
  }

  List<?> list(String key) throws BundleException {
    return cast(object.get(key), List.class, key);
  }

  Iterable<?> keys() {
    return object.keySet();
  }

  private static <T> T cast(Object value, Class<T> type, String what) throws BundleException {
    if (!type.isInstance(value)) {
      throw new BundleException(what + " is missing or wrong in the manifest: export again");
    }
    return type.cast(value);
  }
}
