package io.headgate.stores.conformance;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Values of landed types as DuckDB's SQL, extremes among them. */
public final class RandomValues {
  /** Every plain type, and what can be nested. */
  public static final List<String> TYPES =
      List.of(
          "BOOLEAN",
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "FLOAT",
          "DOUBLE",
          "DECIMAL(4,1)",
          "DECIMAL(9,0)",
          "DECIMAL(18,3)",
          "DECIMAL(18,18)",
          "DECIMAL(38,0)",
          "DECIMAL(38,19)",
          "DECIMAL(38,38)",
          "VARCHAR",
          "DATE",
          "TIME",
          "TIMESTAMP",
          "TIMESTAMP WITH TIME ZONE",
          "UUID",
          "BLOB",
          "INTEGER[]",
          "VARCHAR[]",
          "DECIMAL(18,3)[]",
          "TIMESTAMP[]",
          "STRUCT(a INTEGER, b VARCHAR, c DECIMAL(38,10))",
          "STRUCT(a BIGINT[], b STRUCT(d DATE, t TIMESTAMP))",
          "MAP(VARCHAR, INTEGER)",
          "INTEGER[][]",
          "STRUCT(a INTEGER)[]");

  private static final String[] WORDS = {
    "", "a", "NULL", "null", "it''s", "\"", "\\", "\\N", "tab\there", "two\nlines", "\r", "naïve",
        "日本語",
    "😀 face", " lead", "trail ", "%s", "{}", "{1,2}", "0", "-", ",", ";", "x\u200Dy", "\uFFFD", "é"
  };

  private final Random random;

  public RandomValues(long seed) {
    random = new Random(seed);
  }

  /** A value of a type, or NULL. */
  public String of(String type) {
    if (random.nextInt(8) == 0) {
      return "NULL";
    }
    if (type.endsWith("[]")) {
      return list(type.substring(0, type.length() - 2));
    }
    if (type.startsWith("STRUCT(a INTEGER, b")) {
      return "{'a': %s, 'b': %s, 'c': %s}"
          .formatted(of("INTEGER"), of("VARCHAR"), of("DECIMAL(38,10)"));
    }
    if (type.startsWith("STRUCT(a BIGINT")) {
      return "{'a': %s, 'b': {'d': %s, 't': %s}}"
          .formatted(list("BIGINT"), of("DATE"), of("TIMESTAMP"));
    }
    if (type.startsWith("STRUCT(a INTEGER)")) {
      return "{'a': " + of("INTEGER") + "}";
    }
    if (type.startsWith("MAP")) {
      return "MAP {'%s': %s, 'other': 1}".formatted("k" + random.nextInt(9), random.nextInt(99));
    }
    if (type.startsWith("DECIMAL")) {
      return decimal(type) + "::" + type;
    }
    return scalar(type) + "::" + type;
  }

  private String list(String item) {
    List<String> items = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      items.add(of(item));
    }
    return "[" + String.join(", ", items) + "]::" + item + "[]";
  }

  private String scalar(String type) {
    return switch (type) {
      case "BOOLEAN" -> String.valueOf(random.nextBoolean());
      case "TINYINT" -> whole(8, true);
      case "SMALLINT" -> whole(16, true);
      case "INTEGER" -> whole(32, true);
      case "BIGINT" -> whole(64, true);
      case "HUGEINT" -> whole(128, true);
      case "UTINYINT" -> whole(8, false);
      case "USMALLINT" -> whole(16, false);
      case "UINTEGER" -> whole(32, false);
      case "UBIGINT" -> whole(64, false);
      case "FLOAT" -> floating(Float.toString(Float.intBitsToFloat(random.nextInt())));
      case "DOUBLE" -> floating(Double.toString(Double.longBitsToDouble(random.nextLong())));
      case "VARCHAR" -> text();
      case "DATE" ->
          pick(
              "'infinity'",
              "'-infinity'",
              "'4713-01-01 (BC)'",
              "'0001-01-01'",
              "'9999-12-31'",
              "'1999-12-31'",
              "'%04d-%02d-%02d'"
                  .formatted(
                      1 + random.nextInt(4000), 1 + random.nextInt(12), 1 + random.nextInt(28)));
      case "TIME" -> pick("'00:00:00'", "'24:00:00'", "'23:59:59.999999'", "'" + time() + "'");
      case "TIMESTAMP", "TIMESTAMP WITH TIME ZONE" ->
          pick(
              "'infinity'",
              "'-infinity'",
              "'4713-01-01 (BC) 00:00:00'",
              "'1999-12-31 23:59:59.999999'",
              "'1969-12-31 23:59:59.999999'",
              "'294246-12-31 23:59:59.999999'",
              "'%04d-%02d-%02d %s'"
                  .formatted(
                      1 + random.nextInt(4000),
                      1 + random.nextInt(12),
                      1 + random.nextInt(28),
                      time()));
      case "UUID" -> "'" + new java.util.UUID(random.nextLong(), random.nextLong()) + "'";
      case "BLOB" -> {
        byte[] bytes = new byte[random.nextInt(5)];
        random.nextBytes(bytes);
        StringBuilder text = new StringBuilder("'");
        for (byte one : bytes) {
          text.append("\\x%02X".formatted(one));
        }
        yield text.append("'").toString();
      }
      default -> throw new IllegalArgumentException(type);
    };
  }

  private String time() {
    return "%02d:%02d:%02d.%06d"
        .formatted(
            random.nextInt(24), random.nextInt(60), random.nextInt(60), random.nextInt(1_000_000));
  }

  private String text() {
    StringBuilder text = new StringBuilder("'");
    for (int i = random.nextInt(3); i >= 0; i--) {
      text.append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.append("'").toString();
  }

  private static String floating(String text) {
    return "'" + text + "'";
  }

  private String whole(int bits, boolean signed) {
    BigInteger least = signed ? BigInteger.ONE.shiftLeft(bits - 1).negate() : BigInteger.ZERO;
    BigInteger most =
        signed
            ? BigInteger.ONE.shiftLeft(bits - 1).subtract(BigInteger.ONE)
            : BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
    if (bits == 128) {
      least = most.negate();
    }
    BigInteger small = new BigInteger(Math.min(bits - 1, random.nextInt(bits) + 1), random);
    return "'"
        + switch (random.nextInt(5)) {
          case 0 -> least;
          case 1 -> most;
          case 2 -> signed ? small.negate() : small;
          default -> small;
        }
        + "'";
  }

  private String decimal(String type) {
    String[] parts = type.substring("DECIMAL(".length(), type.length() - 1).split(",");
    int width = Integer.parseInt(parts[0]);
    int scale = Integer.parseInt(parts[1]);
    StringBuilder digits = new StringBuilder();
    int kind = random.nextInt(5);
    for (int i = 0; i < width; i++) {
      boolean shown = kind < 2 || random.nextInt(width) > i;
      digits.append(kind == 0 ? '9' : shown ? (char) ('0' + random.nextInt(10)) : '0');
    }
    if (kind == 4) {
      digits.reverse();
    }
    String all = digits.toString();
    String before = all.substring(0, width - scale);
    String after = all.substring(width - scale);
    return "'"
        + (random.nextBoolean() ? "-" : "")
        + (before.isEmpty() ? "0" : before)
        + (after.isEmpty() ? "" : "." + after)
        + "'";
  }

  private String pick(String... values) {
    return values[random.nextInt(values.length)];
  }
}
