package io.headgate.model;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** {@code headgate.yaml} as it is written. */
@Description(
    "The file at the root of a project: the stores, and where each target keeps its tables.")
public record ProjectFile(
    @Description(value = "Version of this format.", example = "1") int version,
    @Description(
            value = "The stores that the project knows, by name.",
            example = "{main: {kind: duckdb, path: warehouse.duckdb}}")
        Map<String, ConnectionFile> connections,
    @Description("Places to run at, by name, such as dev, ci and prod.")
        Map<String, Target> targets,
    @Description("The target of a run that names none.") @Default("dev") String defaultTarget,
    @Description("How long what runs leave behind is kept.") @Default("{}") Retention retention) {
  public ProjectFile {
    if (version != 1) {
      throw new IllegalArgumentException("version " + version + " is not known; write 1");
    }
    connections = Ordered.copy(connections);
    targets = Ordered.copy(targets);
  }

  /** Where a target keeps what a run makes. */
  @Description("Where a run at this target reads and writes.")
  public record Target(
      @Description(
              value = "The warehouses by the names that pipelines use.",
              example = "{main: {connection: main, schema: dev_ana}}")
          Map<String, Warehouse> warehouses,
      @Description(
              value = "Name of a connection of kind s3, for addresses that begin with s3://.",
              example = "lake_files")
          Optional<String> storage,
      @Description(
              value =
                  "Where landed files are kept: a folder, relative to the project, or an address.",
              example = "s3://landing/shop")
          @Default(".headgate/landing")
          String landing,
      @Description(
              value =
                  "Where leases, dead letters and what runs leave are kept: a folder, relative to"
                      + " the project, or an address. An address is for runs whose machine goes"
                      + " with them.",
              example = "s3://artefacts/headgate")
          @Default(".headgate")
          String state,
      @Description("Never written from a laptop unless told; true for prod when left out.")
          Optional<Boolean> protected_) {
    public Target {
      warehouses = Ordered.copy(warehouses);
    }
  }

  /** The place of a pipeline's tables. */
  @Description("A schema in a store.")
  public record Warehouse(
      @Description("Name of a connection.") String connection,
      @Description("The published schema; the pipeline's name when left out.")
          Optional<String> schema) {}

  /** What {@code headgate clean} keeps. */
  @Description("What headgate clean keeps.")
  public record Retention(
      @Description(value = "Landed files.", example = "30d") @Default("30d") Duration landing,
      @Description("Rejected rows.") @Default("90d") Duration deadLetters,
      @Description("Run folders with logs and pages, and the results of checks.") @Default("90d")
          Duration runs,
      @Description("Failing rows kept by gates.") @Default("30d") Duration quarantine) {}
}
