package io.headgate.ingest.jdbc;

import java.sql.SQLException;

/** Rows came that DuckDB cannot take: a value outside its types. */
final class UnreadableRows extends SQLException {
  private static final long serialVersionUID = 1L;

  UnreadableRows(SQLException cause) {
    super(cause.getMessage(), cause);
  }
}
