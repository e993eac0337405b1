package io.headgate.ingest.http;

import io.headgate.ingest.source.CursorKind;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** Values of a cursor as an API writes them: kept as they are, compared by what they seem to be. */
final class CursorText {
  private static final List<CursorKind> KINDS =
      List.of(CursorKind.INTEGER, CursorKind.DECIMAL, CursorKind.DATE, CursorKind.INSTANT);

  private CursorText() {}

  private static CursorKind kind(String text) {
    for (CursorKind kind : KINDS) {
      if (fits(kind, text)) {
        return kind;
      }
    }
    return CursorKind.TEXT;
  }

  private static boolean fits(CursorKind kind, String text) {
    try {
      kind.canonical(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  static String greater(String a, String b) {
    CursorKind kind = kind(a) == kind(b) ? kind(a) : CursorKind.TEXT;
    int order =
        switch (kind) {
          case INTEGER, DECIMAL ->
              new java.math.BigDecimal(kind.canonical(a))
                  .compareTo(new java.math.BigDecimal(kind.canonical(b)));
          case INSTANT ->
              Instant.parse(kind.canonical(a)).compareTo(Instant.parse(kind.canonical(b)));
          case DATE, TIMESTAMP, TEXT -> a.compareTo(b);
        };
    return order >= 0 ? a : b;
  }

  /**
   * The value so far behind another, in the form of the other.
   *
   * @throws IllegalArgumentException when such a lag does not fit
   */
  static String before(String text, String lag) {
    CursorKind kind = kind(text);
    String earlier = kind.before(kind.canonical(text), lag);
    boolean local = kind == CursorKind.INSTANT && !text.matches(".*([Zz]|[+-]\\d{2}(:?\\d{2})?)$");
    return local
        ? LocalDateTime.ofInstant(Instant.parse(earlier), ZoneOffset.UTC).toString()
        : earlier;
  }
}
