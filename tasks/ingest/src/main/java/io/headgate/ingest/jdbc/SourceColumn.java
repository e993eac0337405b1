package io.headgate.ingest.jdbc;

import io.headgate.stores.ColumnType;

/**
 * A column of a source and its way into a raw file.
 *
 * @param name as the source calls it
 * @param nativeType the type in the source's words
 * @param type the type it lands with
 * @param nullable false only when the source says that there are no nulls
 * @param select SQL at the source that gives what goes over the wire
 * @param wire the type of what comes over the wire, in DuckDB's words
 * @param cast SQL of DuckDB that makes the value of what came, which stands as {@code %s}
 */
record SourceColumn(
    String name,
    String nativeType,
    ColumnType type,
    boolean nullable,
    String select,
    String wire,
    String cast) {
  /** A column that comes as it is. */
  static SourceColumn plain(
      String name, String nativeType, String type, boolean nullable, String select) {
    return new SourceColumn(name, nativeType, ColumnType.parse(type), nullable, select, type, "%s");
  }

  /** A column that comes as text. */
  static SourceColumn text(
      String name, String nativeType, String type, boolean nullable, String select) {
    return new SourceColumn(
        name,
        nativeType,
        ColumnType.parse(type),
        nullable,
        select,
        "VARCHAR",
        type.equals("VARCHAR") ? "%s" : "CAST(%s AS " + type + ")");
  }

  SourceColumn withCast(String other) {
    return new SourceColumn(name, nativeType, type, nullable, select, wire, other);
  }
}
