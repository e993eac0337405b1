package io.headgate.ingest;

import io.headgate.api.DocumentKind;
import io.headgate.api.Problems;
import io.headgate.api.StepKind;
import io.headgate.api.StepScope;
import io.headgate.api.StepTraits;
import io.headgate.api.StoragePlace;
import io.headgate.api.Task;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Session;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Steps that read files, databases or APIs under contracts and load their rows. */
public final class IngestKind implements StepKind<IngestConfig> {
  private static final Pattern TABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

  @Override
  public String name() {
    return "ingest";
  }

  @Override
  public String summary() {
    return "Reads files, databases or HTTP APIs under contracts and loads their rows into the"
        + " warehouse.";
  }

  @Override
  public Class<IngestConfig> configuration() {
    return IngestConfig.class;
  }

  @Override
  public List<DocumentKind<?>> documents() {
    return List.of(Contract.KIND);
  }

  @Override
  public void check(IngestConfig configuration, StepScope scope, Problems problems) {
    Map<String, Contract> contracts = contracts(scope);
    if (configuration.tables().isEmpty()) {
      problems.report("tables", "names no table", "name at least one");
    }
    checkFrom(configuration.from(), problems);
    Spread.check(configuration, problems);
    scope.connections().ifPresent(kinds -> ConnectionChecks.check(configuration, kinds, problems));
    configuration
        .tables()
        .forEach(
            (name, table) ->
                check(configuration, name, table, contracts, problems.below("tables." + name)));
  }

  private static void checkFrom(String from, Problems problems) {
    if (StoragePlace.isAddress(from) && !from.contains("${")) {
      try {
        StoragePlace.parse(from, Path.of(""), Optional.of("storage"));
      } catch (IllegalArgumentException e) {
        problems.report(
            "from", String.valueOf(e.getMessage()), "write a folder or s3://bucket/prefix");
      }
    }
  }

  private static void check(
      IngestConfig step,
      String name,
      TableConfig table,
      Map<String, Contract> contracts,
      Problems problems) {
    if (!TABLE.matcher(name).matches()) {
      problems.report(
          "", "is no name of a table", "use letters, digits and _, at most 63, no digit first");
    }
    for (String pattern : table.files()) {
      if (!pattern.contains("${")) {
        InputFiles.fault(pattern)
            .ifPresent(
                fault ->
                    problems.report(
                        "files", "\"" + pattern + "\" " + fault, "name files below from:"));
      }
    }
    Contract contract = contracts.get(table.contract().orElse(name));
    if (contract == null && table.contract().isPresent()) {
      problems.report(
          "contract",
          "there is no contracts/" + table.contract().get() + ".yaml",
          "write it, or remove the key");
    }
    List<String> key = table.key().isEmpty() && contract != null ? contract.key() : table.key();
    SourceChecks.check(step, table, key, Optional.ofNullable(contract), problems);
    if (table.mode().filter(mode -> mode == LoadMode.MERGE).isPresent() && key.isEmpty()) {
      problems.report("mode", "merge needs a key", "name the columns that identify a row in key");
    }
    if (table.mode().filter(mode -> mode == LoadMode.REPLACE_INTERVAL).isPresent()
        && table.eventTime().isEmpty()) {
      problems.report(
          "mode", "replace-interval needs event_time", "name the column that says when");
    }
    if (contract != null) {
      for (String part : key) {
        refuseUnknown(part, "key", contract, problems);
      }
      table
          .eventTime()
          .ifPresent(column -> refuseUnknown(column, "event_time", contract, problems));
      table
          .eventTime()
          .map(contract.columns()::get)
          .filter(
              column -> !column.type().is("DATE") && !column.type().sql().startsWith("TIMESTAMP"))
          .ifPresent(
              column ->
                  problems.report(
                      "event_time",
                      "is " + column.type().sql() + " by the contract",
                      "it must be a date, timestamp or timestamptz"));
    }
  }

  private static void refuseUnknown(String path, String key, Contract contract, Problems problems) {
    if (!TableSpec.resolves(path, contract.columns())) {
      problems.report(
          key,
          "the contract has no column \"" + path + "\"",
          "it has " + String.join(", ", contract.columns().keySet()));
    }
  }

  @Override
  public StepTraits traits(IngestConfig configuration) {
    return StepTraits.of(StepTraits.Image.HEADGATE)
        .withConnections(configuration.connection().map(Set::of).orElse(Set.of()))
        .withFanOut(Spread.of(configuration))
        .withBuilds(configuration.landing() != Landing.ONLY);
  }

  @Override
  public Task create(IngestConfig configuration, StepScope scope) {
    return new IngestTask(configuration, contracts(scope), Session::write, false);
  }

  /** Contracts by table: the path below {@code contracts/} without its ending. */
  static Map<String, Contract> contracts(StepScope scope) {
    Map<String, Contract> contracts = new LinkedHashMap<>();
    scope
        .documents()
        .all(Contract.KIND)
        .forEach(
            (path, contract) ->
                contracts.put(
                    path.replaceFirst("^" + Contract.KIND.directory() + "/", "")
                        .replaceFirst("\\.ya?ml$", ""),
                    contract));
    return contracts;
  }
}
