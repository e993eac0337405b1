package io.headgate.stores.trino;

import io.headgate.stores.ColumnType;
import io.headgate.stores.Dialect;
import io.headgate.stores.Sql;

/** Trino's words. */
final class TrinoDialect implements Dialect {
  static final TrinoDialect INSTANCE = new TrinoDialect();

  private TrinoDialect() {}

  @Override
  public String name() {
    return "trino";
  }

  @Override
  public boolean foldsNames() {
    return true;
  }

  @Override
  public String type(ColumnType type) {
    return TrinoTypes.stored(type);
  }

  @Override
  public String literal(String text) {
    return Sql.literal(text);
  }
}
