package io.headgate.ingest.jdbc;

import io.headgate.api.TaskFailure;
import io.headgate.ingest.source.CursorKind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** A database that rows are read from, in its own words. */
interface Database extends AutoCloseable {
  /** For people: kind and place. */
  String describe();

  /** A quoted name. */
  String identifier(String name);

  /**
   * What stands behind FROM to read a table, at the snapshot of the step where there is one.
   *
   * @param names catalog, schema and table as far as given
   */
  String table(List<String> names) throws SQLException, InterruptedException;

  /** The columns of what stands behind FROM. */
  List<SourceColumn> columns(String relation) throws SQLException, InterruptedException;

  /** An end of a column's values. */
  enum End {
    LEAST("min"),
    GREATEST("max");

    private final String function;

    End(String function) {
      this.function = function;
    }

    /** The call of a column's end in SQL. */
    String of(String column) {
      return function + "(" + column + ")";
    }
  }

  /** The least or greatest value of a column as text; none when there is no value. */
  Optional<String> end(End end, String relation, SourceColumn column, CursorKind kind)
      throws SQLException, InterruptedException;

  /** A value of a cursor in SQL, comparable with the column. */
  String literal(SourceColumn column, CursorKind kind, String canonical);

  /**
   * Streams what a query gives into a Parquet file.
   *
   * @param query gives {@link SourceColumn#select} of the columns, in order
   * @param fetchSize how many rows a driver fetches at a time; as many as fit when left out
   * @param duck a database in memory that writes the file
   * @return how many rows came, counted as they came
   */
  long copy(
      String query,
      List<SourceColumn> columns,
      Optional<Integer> fetchSize,
      Connection duck,
      Path file)
      throws SQLException, InterruptedException;

  /** What an error means for the task. */
  TaskFailure failure(String what, SQLException error);

  /** Ends what runs. */
  void stop();

  @Override
  void close();
}
