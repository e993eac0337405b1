package io.headgate.stores;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A type of a column, checked, in the words of DuckDB. */
public sealed interface ColumnType {
  /** As it stands in SQL. */
  String sql();

  /** A plain type such as {@code INTEGER} or {@code DECIMAL(18,3)}. */
  record Scalar(String sql) implements ColumnType {}

  /** A list of one type. */
  record ListOf(ColumnType item) implements ColumnType {
    @Override
    public String sql() {
      return item.sql() + "[]";
    }
  }

  /** Named fields in order. */
  record Struct(Map<String, ColumnType> fields) implements ColumnType {
    @Override
    public String sql() {
      return fields.entrySet().stream()
          .map(field -> Sql.identifier(field.getKey()) + " " + field.getValue().sql())
          .collect(Collectors.joining(", ", "STRUCT(", ")"));
    }
  }

  /** Keys to values. */
  record MapOf(ColumnType key, ColumnType value) implements ColumnType {
    @Override
    public String sql() {
      return "MAP(" + key.sql() + ", " + value.sql() + ")";
    }
  }

  /** Whether it is one of these plain types, in DuckDB's words. */
  default boolean is(String... names) {
    return this instanceof Scalar scalar && List.of(names).contains(scalar.sql());
  }

  /** Text. */
  default boolean isText() {
    return is("VARCHAR");
  }

  /** A floating point number. */
  default boolean isFloating() {
    return is("DOUBLE", "FLOAT");
  }

  /**
   * Reads a type.
   *
   * @throws IllegalArgumentException with a message for people
   */
  static ColumnType parse(String text) {
    Parser parser = new Parser(text);
    ColumnType type = parser.type();
    parser.end();
    return type;
  }

  /** Recursive descent; nothing but known words gets through, so that a type is safe in SQL. */
  final class Parser {
    private static final Map<String, String> WORDS = words();

    private final String text;
    private int at;

    private Parser(String text) {
      this.text = text;
    }

    private static Map<String, String> words() {
      Map<String, String> words = new LinkedHashMap<>();
      String[][] table = {
        {"VARCHAR", "text", "string", "varchar", "char", "bpchar"},
        {"BOOLEAN", "boolean", "bool", "logical"},
        {"TINYINT", "tinyint", "int1"},
        {"SMALLINT", "smallint", "int2", "short"},
        {"INTEGER", "integer", "int", "int4", "signed"},
        {"BIGINT", "bigint", "int8", "long"},
        {"HUGEINT", "hugeint", "int128"},
        {"UTINYINT", "utinyint"},
        {"USMALLINT", "usmallint"},
        {"UINTEGER", "uinteger"},
        {"UBIGINT", "ubigint"},
        {"UHUGEINT", "uhugeint"},
        {"FLOAT", "float", "real", "float4"},
        {"DOUBLE", "double", "float8", "double precision"},
        {"DATE", "date"},
        {"TIME", "time"},
        {"TIMESTAMP", "timestamp", "datetime"},
        {"TIMESTAMP_S", "timestamp_s"},
        {"TIMESTAMP_MS", "timestamp_ms"},
        {"TIMESTAMP_NS", "timestamp_ns"},
        {"TIMESTAMP WITH TIME ZONE", "timestamptz", "timestamp with time zone"},
        {"INTERVAL", "interval"},
        {"UUID", "uuid"},
        {"BLOB", "blob", "bytes", "bytea", "binary"},
        {"JSON", "json"},
      };
      for (String[] row : table) {
        for (int i = 1; i < row.length; i++) {
          words.put(row[i], row[0]);
        }
      }
      return Map.copyOf(words);
    }

    private ColumnType type() {
      String word = words(name());
      ColumnType type =
          switch (word) {
            case "struct", "row" -> struct();
            case "map" -> map();
            case "decimal", "numeric", "dec" -> decimal();
            default -> scalar(word);
          };
      while (accept('[')) {
        expect(']');
        type = new ListOf(type);
      }
      return type;
    }

    private String words(String first) {
      String word = first.toLowerCase(Locale.ROOT);
      if (word.equals("timestamp") && acceptWord("with")) {
        name();
        name();
        return "timestamptz";
      }
      if (word.equals("double")) {
        acceptWord("precision");
      }
      return word;
    }

    private ColumnType scalar(String word) {
      String sql = WORDS.get(word);
      if (sql == null) {
        throw new IllegalArgumentException(
            "no type \""
                + word
                + "\"; known: text, int, bigint, double, decimal(18,3), boolean, date, time,"
                + " timestamp, timestamptz, uuid, json, blob, struct(name type, …), map(key,"
                + " value), type[]");
      }
      if (sql.equals("VARCHAR") && accept('(')) {
        number();
        expect(')');
      }
      return new Scalar(sql);
    }

    private ColumnType decimal() {
      int width = 18;
      int scale = 3;
      if (accept('(')) {
        width = number();
        scale = 0;
        if (accept(',')) {
          scale = number();
        }
        expect(')');
      }
      if (width < 1 || width > 38 || scale > width) {
        throw new IllegalArgumentException(
            "decimal(" + width + "," + scale + ") does not exist; at most decimal(38,38)");
      }
      return new Scalar("DECIMAL(" + width + "," + scale + ")");
    }

    private ColumnType struct() {
      Map<String, ColumnType> fields = new LinkedHashMap<>();
      expect('(');
      do {
        String name = name();
        if (fields.put(name, type()) != null) {
          throw new IllegalArgumentException("field \"" + name + "\" stands twice in a struct");
        }
      } while (accept(','));
      expect(')');
      return new Struct(fields);
    }

    private ColumnType map() {
      expect('(');
      ColumnType key = type();
      expect(',');
      ColumnType value = type();
      expect(')');
      return new MapOf(key, value);
    }

    private String name() {
      space();
      if (at < text.length() && text.charAt(at) == '"') {
        StringBuilder name = new StringBuilder();
        for (at++; at < text.length(); at++) {
          if (text.charAt(at) != '"') {
            name.append(text.charAt(at));
          } else if (at + 1 < text.length() && text.charAt(at + 1) == '"') {
            name.append('"');
            at++;
          } else {
            at++;
            return name.toString();
          }
        }
        throw unexpected();
      }
      int start = at;
      while (at < text.length()
          && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
        at++;
      }
      if (start == at) {
        throw unexpected();
      }
      return text.substring(start, at);
    }

    private boolean acceptWord(String word) {
      space();
      boolean there = text.regionMatches(true, at, word, 0, word.length());
      if (there) {
        at += word.length();
      }
      return there;
    }

    private int number() {
      String digits = name();
      try {
        return Integer.parseInt(digits);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "\"" + digits + "\" in type \"" + text + "\" is no number", e);
      }
    }

    private boolean accept(char wanted) {
      space();
      boolean there = at < text.length() && text.charAt(at) == wanted;
      if (there) {
        at++;
      }
      return there;
    }

    private void expect(char wanted) {
      if (!accept(wanted)) {
        throw unexpected();
      }
    }

    private void end() {
      space();
      if (at < text.length()) {
        throw unexpected();
      }
    }

    private void space() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private IllegalArgumentException unexpected() {
      return new IllegalArgumentException(
          "cannot read type \"" + text + "\" at character " + (at + 1));
    }
  }

  /** The types of several columns, for messages. */
  static String describe(Map<String, ColumnType> columns) {
    List<String> parts = new ArrayList<>();
    columns.forEach((name, type) -> parts.add(name + " " + type.sql()));
    return String.join(", ", parts);
  }
}
