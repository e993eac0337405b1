package io.headgate.ingest;

import io.headgate.api.TaskContext;
import io.headgate.ingest.source.Range;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at what there is to read and shares it among slices. */
final class Planning {
  private Planning() {}

  /** The shares of all tables that slices can land. */
  static Shares plan(TaskContext context, IngestConfig step, List<TableSpec> tables)
      throws InterruptedException {
    List<TableSpec> taken = tables.stream().filter(table -> Spread.takes(table.config())).toList();
    FanOutConfig how = step.fanOut().orElseThrow();
    return new Shares(
        Sources.reads(step)
            ? ranges(context, step, taken, how.limit())
            : files(FileSource.of(context, step.from(), step.connection()), taken, how));
  }

  private static List<Share> ranges(
      TaskContext context, IngestConfig step, List<TableSpec> tables, int limit)
      throws InterruptedException {
    List<Share> shares = new ArrayList<>();
    try (Sources sources = new Sources(context, step)) {
      int most = Math.max(1, Shares.MOST / Math.max(1, tables.size()));
      Map<TableSpec, List<Range>> ranges = sources.ranges(tables, Math.min(limit, most));
      for (TableSpec table : tables) {
        List<Range> own = ranges.get(table);
        shares.addAll(
            own != null
                ? Shares.ofRanges(table, own)
                : List.of(new Share(table.name(), table.name(), List.of(), Optional.empty())));
      }
    }
    return shares;
  }

  private static List<Share> files(FileSource source, List<TableSpec> tables, FanOutConfig how) {
    Map<TableSpec, List<InputFile>> files = new LinkedHashMap<>();
    for (TableSpec table : tables) {
      files.put(table, source.find(table.name(), table.config().files(), table.config().format()));
    }
    Map<TableSpec, List<Shares.Batch>> batches =
        how.by() == FanOutConfig.By.FILES
            ? Batches.bySize(files, how.limit())
            : Batches.byFolder(files);
    List<Share> shares = new ArrayList<>();
    batches.forEach((table, some) -> shares.addAll(Shares.ofFiles(table, some)));
    return shares;
  }
}
