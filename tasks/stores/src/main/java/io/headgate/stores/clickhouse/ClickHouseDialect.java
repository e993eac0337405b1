package io.headgate.stores.clickhouse;

import io.headgate.stores.ColumnType;
import io.headgate.stores.Dialect;

/** ClickHouse's words. */
final class ClickHouseDialect implements Dialect {
  static final ClickHouseDialect INSTANCE = new ClickHouseDialect();

  private ClickHouseDialect() {}

  @Override
  public String name() {
    return "clickhouse";
  }

  @Override
  public String type(ColumnType type) {
    return Types.normal(Types.sql(type));
  }

  @Override
  public String literal(String text) {
    return Words.literal(text);
  }

  @Override
  public String length(String expression) {
    return "lengthUTF8(" + expression + ")";
  }
}
