package io.headgate.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Masks secrets in text, also in their URL-encoded, base64, JSON-, SQL- and XML-escaped forms, and
 * each line of a secret of several. Safe for several threads. Values of fewer than four characters
 * are not masked: they would blacken the log.
 */
public final class Redactor {
  private static final int SHORTEST = 4;
  private static final int SHORTEST_LINE = 8;
  private static final String MASK = "***";

  private final Set<String> values = new TreeSet<>();
  private volatile @Nullable Pattern pattern;

  /** From now on {@code secret} is masked. */
  public synchronized void add(String secret) {
    if (secret.strip().length() < SHORTEST) {
      return;
    }
    boolean changed = values.add(secret);
    changed |= values.add(secret.strip());
    List<String> lines = secret.lines().map(String::strip).toList();
    for (String line : lines) {
      changed |= line.length() >= SHORTEST_LINE && values.add(line);
    }
    if (changed) {
      pattern =
          Pattern.compile(
              values.stream()
                  .sorted(Comparator.comparing(String::length).reversed().thenComparing(s -> s))
                  .flatMap(Redactor::forms)
                  .collect(Collectors.joining("|")));
    }
  }

  /** Whether it knows no secret. */
  public boolean isEmpty() {
    return pattern == null;
  }

  /** The text with {@code ***} for every secret. */
  public String redact(String text) {
    Pattern current = pattern;
    return current == null || text.length() < SHORTEST
        ? text
        : current.matcher(text).replaceAll(MASK);
  }

  private static Stream<String> forms(String value) {
    String escaped = value.codePoints().mapToObj(Redactor::character).collect(Collectors.joining());
    return Stream.concat(Stream.of(escaped), base64(value).stream().map(Pattern::quote));
  }

  /** One character of a secret in every way in which it may be written. */
  private static String character(int c) {
    String self = Character.toString(c);
    if (c < 128 && Character.isLetterOrDigit(c)) {
      return self;
    }
    StringBuilder percent = new StringBuilder();
    for (byte b : self.getBytes(UTF_8)) {
      percent.append("%%%02x".formatted(b & 0xff));
    }
    StringBuilder unicode = new StringBuilder();
    for (char unit : self.toCharArray()) {
      unicode.append("\\\\{1,2}u%04x".formatted((int) unit));
    }
    String encoded = "(?i:" + percent + ")|(?i:" + unicode + ")|";
    String plain =
        switch (c) {
          case '"' -> "\\\\{0,3}\"|&quot;|&#34;";
          case '\'' -> "\\\\?'{1,2}|&#39;|&apos;";
          case '\\' -> "\\\\{1,4}";
          case '/' -> "\\\\?/";
          case '\n' -> "\\n|\\\\{1,2}n";
          case '\r' -> "\\r|\\\\{1,2}r";
          case '\t' -> "\\t|\\\\{1,2}t";
          case ' ' -> " |\\+";
          case '&' -> "&amp;|&";
          case '<' -> "&lt;|<";
          case '>' -> "&gt;|>";
          default -> Pattern.quote(self);
        };
    return "(?:" + encoded + plain + ")";
  }

  /**
   * Also inside longer text: for each offset of its bytes, the characters that depend on it alone.
   */
  private static List<String> base64(String value) {
    List<String> found = new ArrayList<>();
    byte[] bytes = value.getBytes(UTF_8);
    String alone = Base64.getEncoder().encodeToString(bytes);
    found.add(alone);
    found.add(alone.replace('+', '-').replace('/', '_').replace("=", ""));
    for (int offset = 0; offset < 3; offset++) {
      byte[] padded = new byte[offset + bytes.length];
      System.arraycopy(bytes, 0, padded, offset, bytes.length);
      byte[] whole = Arrays.copyOf(padded, padded.length - padded.length % 3);
      String encoded = Base64.getEncoder().encodeToString(whole);
      String inner = encoded.substring(Math.min(encoded.length(), offset == 0 ? 0 : 4));
      if (inner.length() >= SHORTEST_LINE) {
        found.add(inner);
        found.add(inner.replace('+', '-').replace('/', '_'));
      }
    }
    return found;
  }
}
