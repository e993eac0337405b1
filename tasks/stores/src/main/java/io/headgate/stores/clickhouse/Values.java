package io.headgate.stores.clickhouse;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Values of Headgate's own rows as they stand in SQL, and how they come back. */
final class Values {
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

  private Values() {}

  static String text(Optional<String> text) {
    return text.map(Words::literal).orElse("NULL");
  }

  static String texts(List<String> texts) {
    return texts.stream().map(Words::literal).collect(Collectors.joining(", ", "[", "]"));
  }

  static String at(Instant at) {
    return "'" + MICROS.format(at) + "'";
  }

  /** One row of VALUES, from what is SQL already. */
  static String row(String... values) {
    return "(" + String.join(", ", values) + ")";
  }

  /** What an expression must be to be read by {@link #instant}. */
  static String micros(String column) {
    return "toUnixTimestamp64Micro(toDateTime64(" + column + ", 6, 'UTC'))";
  }

  static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
    String micros = row.getString(column);
    return micros == null
        ? Optional.empty()
        : Optional.of(
            Instant.EPOCH.plus(Long.parseLong(micros), java.time.temporal.ChronoUnit.MICROS));
  }
}
