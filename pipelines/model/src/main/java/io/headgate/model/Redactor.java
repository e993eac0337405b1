package io.headgate.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headgate.api.json.Json;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Masks secrets in text, also in their URL-encoded, base64, JSON- and XML-escaped forms, and each line
 * of a secret of several. Safe for several threads. Values of fewer than four characters are not
 * masked: they would blacken the log.
 */
public final class Redactor {
  private static final int SHORTEST = 4;
  private static final int SHORTEST_LINE = 8;
  private static final String MASK = "***";

  private volatile List<String> forms = List.of();

  /** From now on {@code secret} is masked. */
  public synchronized void add(String secret) {
    Set<String> all = new TreeSet<>(forms);
    all.addAll(formsOf(secret));
    forms =
        all.stream()
            .sorted(Comparator.comparing(String::length).reversed().thenComparing(s -> s))
            .toList();
  }

  /** The text with {@code ***} for every secret. */
  public String redact(String text) {
    String out = text;
    for (String form : forms) {
      if (out.contains(form)) {
        out = out.replace(form, MASK);
      }
    }
    return out;
  }

  private static Collection<String> formsOf(String secret) {
    Set<String> found = new TreeSet<>();
    if (secret.strip().length() < SHORTEST) {
      return found;
    }
    Stream<String> values =
        Stream.concat(
            Stream.of(secret, secret.strip()),
            secret.lines().map(String::strip).filter(line -> line.length() >= SHORTEST_LINE));
    values.forEach(
        value -> {
          found.add(value);
          String url = URLEncoder.encode(value, UTF_8);
          found.add(url);
          found.add(url.replace("+", "%20"));
          found.add(url.replaceAll("(?i)%2F", "/"));
          found.add(url.toLowerCase(java.util.Locale.ROOT));
          String json = Json.write(value);
          found.add(json.substring(1, json.length() - 1));
          found.add(value.replace("\\", "\\\\").replace("'", "\\'"));
          found.add(value.replace("'", "''"));
          String xml = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
          found.add(xml);
          found.add(xml.replace("\"", "&quot;").replace("'", "&#39;"));
          base64(value, found);
        });
    found.removeIf(form -> form.length() < SHORTEST);
    return found;
  }

  /** Also inside longer text: for each offset of its bytes, the characters that depend on it alone. */
  private static void base64(String value, Set<String> found) {
    byte[] bytes = value.getBytes(UTF_8);
    found.add(Base64.getEncoder().encodeToString(bytes));
    found.add(Base64.getUrlEncoder().encodeToString(bytes));
    for (int offset = 0; offset < 3; offset++) {
      byte[] padded = new byte[offset + bytes.length];
      System.arraycopy(bytes, 0, padded, offset, bytes.length);
      byte[] whole = Arrays.copyOf(padded, padded.length - padded.length % 3);
      String encoded = Base64.getEncoder().withoutPadding().encodeToString(whole);
      String inner = encoded.substring(Math.min(encoded.length(), offset == 0 ? 0 : 4));
      if (inner.length() >= SHORTEST_LINE) {
        found.add(inner);
        found.add(inner.replace('+', '-').replace('/', '_'));
      }
    }
  }
}
