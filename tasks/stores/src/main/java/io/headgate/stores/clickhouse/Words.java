package io.headgate.stores.clickhouse;

import io.headgate.stores.Sql;
import java.util.Collection;
import java.util.stream.Collectors;

/** Names and texts as ClickHouse reads them: a backslash escapes, in quoted names too. */
final class Words {
  private Words() {}

  static String identifier(String name) {
    return Sql.identifier(name.replace("\\", "\\\\"));
  }

  /** Quoted identifiers joined by dots. */
  static String path(String... names) {
    StringBuilder out = new StringBuilder();
    for (String name : names) {
      if (!out.isEmpty()) {
        out.append('.');
      }
      out.append(identifier(name));
    }
    return out.toString();
  }

  /** Quoted identifiers joined by commas. */
  static String list(Collection<String> names) {
    return names.stream().map(Words::identifier).collect(Collectors.joining(", "));
  }

  static String literal(String text) {
    return '\'' + text.replace("\\", "\\\\").replace("'", "\\'").replace("\0", "\\0") + '\'';
  }
}
