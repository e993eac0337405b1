package io.headgate.stores.duckdb;

import io.headgate.stores.ColumnType;
import io.headgate.stores.Dialect;
import io.headgate.stores.Sql;

/** DuckDB's words; landed types are its own. */
final class DuckDbDialect implements Dialect {
  static final DuckDbDialect INSTANCE = new DuckDbDialect();

  private DuckDbDialect() {}

  @Override
  public String name() {
    return "duckdb";
  }

  @Override
  public String type(ColumnType type) {
    return type.sql();
  }

  @Override
  public String literal(String text) {
    return Sql.literal(text);
  }
}
