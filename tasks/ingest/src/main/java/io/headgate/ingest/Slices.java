package io.headgate.ingest;

import io.headgate.api.Outcome;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.source.Fetched;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The tables of a step, and what slices have landed of them in this run. What no slice has landed,
 * or what is not in the landing zone any more, is read as if the step were not spread: the rows and
 * their load id are the same.
 */
final class Slices {
  private final List<TableSpec> tables;
  private final Map<TableSpec, Slice> slices;

  /** What slices came to of a table. */
  record Slice(Landed landed, Input input) {
    static Slice of(Landed landed, Optional<Fetched> fetched) {
      return new Slice(landed, new Input(List.of(), fetched));
    }
  }

  private Slices(List<TableSpec> tables, Map<TableSpec, Slice> slices) {
    this.tables = List.copyOf(tables);
    this.slices = slices;
  }

  /** Of a step that is not spread. */
  static Slices none(List<TableSpec> tables) {
    return new Slices(tables, Map.of());
  }

  /**
   * Looks up what slices ended with, and puts together what several have landed of one table.
   *
   * @param shares of the tables, where a plan made them; else a slice has the name of its table
   * @param outcomes of slices in this run, by name
   */
  static Slices of(
      TaskContext context,
      List<TableSpec> tables,
      Optional<Shares> shares,
      Map<String, Outcome> outcomes,
      Statements statements)
      throws InterruptedException {
    Map<String, SliceRecord> records = SliceRecord.of(context, outcomes);
    Map<TableSpec, Slice> slices = new LinkedHashMap<>();
    for (TableSpec table : tables) {
      if (!Spread.takes(table.config())) {
        continue;
      }
      List<Share> own = shares.map(all -> all.table(table.name())).orElse(List.of());
      if (own.size() > 1) {
        new Joining(context, statements)
            .join(table, own, records)
            .ifPresent(joined -> slices.put(table, joined));
        continue;
      }
      String name = own.isEmpty() ? table.name() : own.getFirst().name();
      Optional<Slice> slice =
          Optional.ofNullable(records.get(name)).flatMap(record -> find(context, table, record));
      slice.ifPresentOrElse(
          found -> slices.put(table, found),
          () -> context.log().warn(table.name() + ": no slice has landed it; it is read here"));
    }
    return new Slices(tables, slices);
  }

  private static Optional<Slice> find(TaskContext context, TableSpec table, SliceRecord record) {
    TableLoad.Identity identity = record.identity(context, table);
    return LandingZone.of(context, table.name(), identity.loadId())
        .find(table, identity.plan())
        .map(landed -> Slice.of(landed, record.fetched()));
  }

  /**
   * The table that a slice lands.
   *
   * @throws TaskFailure 64 when there is none of that name
   */
  static TableSpec table(List<TableSpec> tables, String slice) {
    return tables.stream()
        .filter(table -> table.name().equals(slice))
        .findFirst()
        .orElseThrow(
            () ->
                TaskFailure.usage(
                    "no slice \"" + slice + "\"",
                    "one of " + String.join(", ", tables.stream().map(TableSpec::name).toList())));
  }

  /** The tables that are still to be read. */
  List<TableSpec> open() {
    return tables.stream().filter(table -> !slices.containsKey(table)).toList();
  }

  /** All tables in their order, of which these have been landed here. */
  List<Landed> with(List<Landed> here) {
    List<Landed> all = new ArrayList<>();
    for (TableSpec table : tables) {
      Slice slice = slices.get(table);
      all.add(
          slice != null
              ? slice.landed()
              : here.stream().filter(one -> one.table().equals(table)).findFirst().orElseThrow());
    }
    return all;
  }

  /** What the rows of all tables are read from. */
  Map<TableSpec, Input> with(Map<TableSpec, Input> here) {
    Map<TableSpec, Input> all = new LinkedHashMap<>();
    for (TableSpec table : tables) {
      Slice slice = slices.get(table);
      all.put(table, slice != null ? slice.input() : Objects.requireNonNull(here.get(table)));
    }
    return all;
  }
}
