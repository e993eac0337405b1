package io.headgate.ingest;

import java.util.ArrayList;
import java.util.List;

/** One record of a CSV file as text. */
final class CsvLine {
  private CsvLine() {}

  /** The values of a record, unquoted. */
  static List<String> split(String record, CsvOptions csv) {
    List<String> values = new ArrayList<>();
    StringBuilder value = new StringBuilder();
    boolean quoted = false;
    int at = 0;
    while (at < record.length()) {
      char c = record.charAt(at);
      boolean quote = !csv.quote().isEmpty() && c == csv.quote().charAt(0);
      if (quoted) {
        boolean escape = !csv.escape().isEmpty() && c == csv.escape().charAt(0);
        if (escape && at + 1 < record.length() && isQuote(record.charAt(at + 1), csv)) {
          value.append(record.charAt(at + 1));
          at++;
        } else if (quote) {
          quoted = false;
        } else {
          value.append(c);
        }
      } else if (quote && value.isEmpty()) {
        quoted = true;
      } else if (record.startsWith(csv.delimiter(), at)) {
        values.add(value.toString());
        value.setLength(0);
        at += csv.delimiter().length() - 1;
      } else {
        value.append(c);
      }
      at++;
    }
    values.add(value.toString());
    return values;
  }

  private static boolean isQuote(char c, CsvOptions csv) {
    return c == csv.quote().charAt(0);
  }

  /** A record of these values, quoted where it has to be. */
  static String join(List<String> values, CsvOptions csv) {
    List<String> parts = new ArrayList<>();
    for (String value : values) {
      boolean quote =
          !csv.quote().isEmpty()
              && (value.contains(csv.delimiter())
                  || value.contains(csv.quote())
                  || value.contains("\n")
                  || value.contains("\r"));
      parts.add(
          quote
              ? csv.quote() + value.replace(csv.quote(), csv.escape() + csv.quote()) + csv.quote()
              : value);
    }
    return String.join(csv.delimiter(), parts);
  }
}
