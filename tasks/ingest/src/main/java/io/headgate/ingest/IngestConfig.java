package io.headgate.ingest;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.util.Map;
import java.util.Optional;

/** Configuration of a step of kind {@code ingest}. */
@Description(
    "Reads files, databases or HTTP APIs under contracts and loads their rows into the warehouse.")
public record IngestConfig(
    @Default("")
        @Description(
            value =
                "The folder that the files lie in, absolute or relative to the project, or a prefix"
                    + " in an object store such as s3://incoming/shop, reached by connection or by"
                    + " the target's storage.",
            example = "${param:source}")
        String from,
    @Description(
            value =
                "The connection that the tables are read from: a database, an HTTP API, or the"
                    + " object store of from.",
            example = "shop_db")
        Optional<String> connection,
    @Default("{}") @Description("How many rows of a table may be rejected.") Rejects rejects,
    @Default("keep")
        @Description(
            "Whether rows stop at the landing zone on their way (keep), do not where the warehouse"
                + " is DuckDB (none), or stay there (only).")
        Landing landing,
    @Description("The tables by name.") Map<String, TableConfig> tables,
    @Description(
            value =
                "Lands tables, or parts of them, in several pods at once. Tables with mode: append,"
                    + " a cursor or deletes: compare stay with the step's own pod.",
            example = "{by: tables, limit: 4}")
        Optional<FanOutConfig> fanOut) {
  /** A step that reads files. */
  public IngestConfig(
      String from, Rejects rejects, Landing landing, Map<String, TableConfig> tables) {
    this(from, Optional.empty(), rejects, landing, tables);
  }

  /** A step that is not spread. */
  public IngestConfig(
      String from,
      Optional<String> connection,
      Rejects rejects,
      Landing landing,
      Map<String, TableConfig> tables) {
    this(from, connection, rejects, landing, tables, Optional.empty());
  }
}
