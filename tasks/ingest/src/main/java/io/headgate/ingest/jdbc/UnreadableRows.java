package io.headgate.ingest.jdbc;

import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rows came that DuckDB cannot take: a value outside its types. */
final class UnreadableRows extends SQLException {
  private static final long serialVersionUID = 1L;
  private static final Pattern COLUMN = Pattern.compile("column \"?c(\\d{1,4})\\b");

  /**
   * Such rows.
   *
   * @param columns as they came over the wire, for which the message has names of its own
   */
  UnreadableRows(SQLException cause, List<SourceColumn> columns) {
    super(message(String.valueOf(cause.getMessage()), columns), cause);
  }

  /** Names the column and keeps the row's values out, which may be people's data. */
  private static String message(String text, List<SourceColumn> columns) {
    Matcher matcher = COLUMN.matcher(text);
    if (matcher.find() && Integer.parseInt(matcher.group(1)) < columns.size()) {
      SourceColumn column = columns.get(Integer.parseInt(matcher.group(1)));
      return "a value of column \"%s\", which is %s, cannot be read as %s"
          .formatted(column.name(), column.nativeType(), column.type().sql());
    }
    return text.lines()
        .filter(line -> !line.startsWith("Original Line:"))
        .reduce((first, line) -> first + "\n" + line)
        .orElse("");
  }
}
