package io.headgate.ingest;

import io.headgate.stores.ColumnType;
import io.headgate.stores.ColumnType.ListOf;
import io.headgate.stores.ColumnType.MapOf;
import io.headgate.stores.ColumnType.Scalar;
import io.headgate.stores.ColumnType.Struct;
import java.util.LinkedHashMap;
import java.util.Map;

/** What types become, so that Parquet keeps every value of theirs. */
final class Landable {
  private static final Scalar WHOLE = new Scalar("DECIMAL(38,0)");

  private Landable() {}

  /** Whether Parquet can keep values of the type, if need be as another. */
  static boolean fits(ColumnType type) {
    return switch (type) {
      case Scalar scalar -> !scalar.sql().equals("INTERVAL");
      case ListOf(ColumnType item) -> fits(item);
      case MapOf(ColumnType key, ColumnType value) -> fits(key) && fits(value);
      case Struct(Map<String, ColumnType> fields) ->
          fields.values().stream().allMatch(Landable::fits);
    };
  }

  /**
   * The type that lands: integers of 128 bits, which DuckDB would write as doubles, as decimals.
   *
   * @throws IllegalArgumentException with a message for people
   */
  static ColumnType of(ColumnType type) {
    return switch (type) {
      case Scalar scalar ->
          switch (scalar.sql()) {
            case "HUGEINT", "UHUGEINT" -> WHOLE;
            case "INTERVAL" ->
                throw new IllegalArgumentException(
                    "the landing cannot keep the type interval without loss; write text");
            default -> scalar;
          };
      case ListOf(ColumnType item) -> new ListOf(of(item));
      case MapOf(ColumnType key, ColumnType value) -> new MapOf(of(key), of(value));
      case Struct(Map<String, ColumnType> fields) -> {
        Map<String, ColumnType> landed = new LinkedHashMap<>();
        fields.forEach((name, field) -> landed.put(name, of(field)));
        yield new Struct(landed);
      }
    };
  }
}
