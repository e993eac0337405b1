package io.headgate.ingest;

import io.headgate.api.FanOut;
import io.headgate.api.Problems;
import io.headgate.ingest.source.Deletes;
import io.headgate.stores.LoadMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Which tables of a step other tasks can land, and whether a step can be spread at all. */
final class Spread {
  private static final int MOST = 100;

  private Spread() {}

  /**
   * Whether a table can be landed without a look into the warehouse: neither where the last load
   * ended nor which files it knows, and no keys of the source that have to be there when it is
   * loaded.
   */
  static boolean takes(TableConfig table) {
    return table.mode().filter(mode -> mode == LoadMode.APPEND).isEmpty()
        && table.cursor().isEmpty()
        && table.deletes() == Deletes.KEEP;
  }

  static Optional<FanOut> of(IngestConfig step) {
    return step.fanOut()
        .map(
            spread ->
                new FanOut(
                    spread.by().name().toLowerCase(Locale.ROOT),
                    spread.limit(),
                    spread.by() == FanOutConfig.By.TABLES ? tables(step) : List.of()));
  }

  private static List<String> tables(IngestConfig step) {
    return step.tables().entrySet().stream()
        .filter(table -> takes(table.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  static void check(IngestConfig step, Problems problems) {
    checkPartitions(step, problems);
    if (step.fanOut().isEmpty()) {
      return;
    }
    int limit = step.fanOut().get().limit();
    if (limit < 1 || limit > MOST) {
      problems.report("fan_out.limit", limit + " is not from 1 to " + MOST, "");
    }
    if (step.landing() == Landing.NONE) {
      problems.report(
          "fan_out",
          "there is nothing to share between pods with landing: none",
          "remove landing:, or fan_out");
    }
    if (!step.tables().isEmpty() && tables(step).isEmpty()) {
      problems.report(
          "fan_out",
          "no table can be landed by a pod of its own: those with mode: append, a cursor or"
              + " deletes: compare are read by the step itself",
          "remove fan_out");
    }
    boolean sourced = Sources.reads(step);
    if (step.fanOut().get().by() == FanOutConfig.By.FILES && sourced) {
      problems.report(
          "fan_out.by",
          "the tables are not in files",
          "write tables, or partitions and partition_by for the tables of a database");
    }
    if (step.fanOut().get().by() == FanOutConfig.By.PARTITIONS
        && sourced
        && step.tables().values().stream().noneMatch(table -> table.partitionBy().isPresent())) {
      problems.report(
          "fan_out.by",
          "no table says by which column it is cut",
          "write partition_by: for a table, or by: tables");
    }
  }

  private static void checkPartitions(IngestConfig step, Problems problems) {
    boolean wanted =
        step.fanOut().filter(spread -> spread.by() == FanOutConfig.By.PARTITIONS).isPresent();
    step.tables()
        .forEach(
            (name, table) -> {
              if (table.partitionBy().isEmpty()) {
                return;
              }
              Problems own = problems.below("tables." + name);
              if (table.table().isEmpty() && table.query().isEmpty()) {
                own.report("partition_by", "is for databases", "remove it");
              } else if (!wanted) {
                own.report(
                    "partition_by",
                    "means nothing without fan_out by partitions",
                    "write fan_out: {by: partitions}, or remove it");
              } else if (!takes(table)) {
                own.report(
                    "partition_by",
                    "the step itself reads tables with mode: append, a cursor or deletes: compare",
                    "remove it");
              }
            });
  }
}
