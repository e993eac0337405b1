package io.headgate.stores;

/**
 * The words in which the stores' SQL differs. Identifiers are quoted by {@link Sql#identifier} in
 * all of them.
 */
public interface Dialect {
  /** Kind of the store, such as {@code duckdb}. */
  String name();

  /** Whether the store keeps the names of columns in lower case, however they were written. */
  default boolean foldsNames() {
    return false;
  }

  /**
   * The store's type for values of a landed type, as {@link TableShape} reports it.
   *
   * @throws io.headgate.api.TaskFailure 78 when the store cannot keep them without loss
   */
  String type(ColumnType type);

  /**
   * A quoted text literal.
   *
   * @throws IllegalArgumentException for a text that cannot stand in SQL
   */
  String literal(String text);

  /** A value of any plain type as text; null stays null. */
  default String text(String expression) {
    return "CAST(" + expression + " AS VARCHAR)";
  }

  /** How many characters a text expression has. */
  default String length(String expression) {
    return "length(" + expression + ")";
  }
}
