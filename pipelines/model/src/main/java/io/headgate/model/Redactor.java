package io.headgate.model;

/**
 * Masks secrets in text, also in their URL-encoded, base64 and JSON-escaped forms. Safe for several
 * threads. Values of fewer than four characters are not masked: they would blacken the log.
 */
public final class Redactor {
  /** From now on {@code secret} is masked. */
  public void add(String secret) {
    throw new UnsupportedOperationException();
  }

  /** The text with {@code ***} for every secret. */
  public String redact(String text) {
    throw new UnsupportedOperationException();
  }
}
