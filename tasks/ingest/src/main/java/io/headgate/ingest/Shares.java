package io.headgate.ingest;

import io.headgate.api.Outcome;
import io.headgate.api.Part;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.ingest.source.Range;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the tables of a step are shared among slices: listed once, so that all slices of a run mean
 * the same files and the same ranges.
 */
record Shares(List<Share> all) {
  /** Airflow maps a task over no more than 1,024 unless it is told otherwise. */
  static final int MOST = 1000;

  private static final String LABEL = "plan";
  private static final int LONGEST = 100;

  Shares {
    all = List.copyOf(all);
  }

  /**
   * Some of a table's files.
   *
   * @param about what sets them apart; may be empty
   */
  record Batch(String about, List<InputFile> files) {
    Batch {
      files = List.copyOf(files);
    }
  }

  static List<Share> ofFiles(TableSpec table, List<Batch> batches) {
    List<Share> shares = new ArrayList<>();
    for (Batch batch : batches) {
      String name = name(table.name(), shares.size(), batch.about());
      List<String> files = batch.files().stream().map(InputFile::name).toList();
      shares.add(new Share(name, table.name(), files, Optional.empty()));
    }
    return shares;
  }

  static List<Share> ofRanges(TableSpec table, List<Range> ranges) {
    List<Share> shares = new ArrayList<>();
    for (Range range : ranges) {
      String name = name(table.name(), shares.size(), range.from().orElse(""));
      shares.add(new Share(name, table.name(), List.of(), Optional.of(range)));
    }
    return shares;
  }

  private static String name(String table, int number, String about) {
    String plain = about.replaceAll("[^A-Za-z0-9_-]+", "-");
    String name = table + "-" + (number + 1) + (plain.isEmpty() ? "" : "-" + plain);
    return new Part.Slice(name.substring(0, Math.min(name.length(), LONGEST))).name();
  }

  /** Leaves them behind for those who land them. */
  Outcome leftBy(TaskContext context) {
    Map<String, Long> counts =
        all.stream()
            .collect(
                Collectors.groupingBy(Share::table, LinkedHashMap::new, Collectors.counting()));
    String line =
        counts.entrySet().stream()
            .map(entry -> entry.getKey() + " in " + entry.getValue())
            .collect(Collectors.joining(", "));
    Outcome outcome =
        Outcome.of(Outcome.State.DONE, all.size() + " slices: " + line)
            .withFacts(Map.of(Part.SLICES, all.stream().map(Share::name).toList()));
    return PartFile.leave(context, outcome, LABEL, json());
  }

  /** What the plan of this run came to. */
  static Optional<Shares> of(TaskContext context, Optional<Outcome> plan) {
    return plan.flatMap(outcome -> PartFile.read(context, "the plan", outcome, LABEL))
        .map(Shares::parse);
  }

  /** The shares of a table, in the order of its rows. */
  List<Share> table(String name) {
    return all.stream().filter(share -> share.table().equals(name)).toList();
  }

  /** Whether a share is all of its table. */
  boolean whole(Share share) {
    return table(share.table()).size() == 1;
  }

  /**
   * What a slice lands.
   *
   * @throws TaskFailure 64 when there is no slice of that name
   */
  Share named(String slice) {
    return all.stream()
        .filter(share -> share.name().equals(slice))
        .findFirst()
        .orElseThrow(
            () ->
                TaskFailure.usage(
                    "no slice \"" + slice + "\" in this run",
                    "one of " + all.stream().map(Share::name).collect(Collectors.joining(", "))));
  }

  private Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("version", 1);
    json.put("shares", all.stream().map(Shares::json).toList());
    return json;
  }

  private static Map<String, Object> json(Share share) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", share.name());
    json.put("table", share.table());
    json.put("files", share.files());
    share
        .range()
        .ifPresent(
            range -> {
              Map<String, Object> bounds = new LinkedHashMap<>();
              bounds.put("column", range.column());
              range.from().ifPresent(from -> bounds.put("from", from));
              range.before().ifPresent(before -> bounds.put("before", before));
              json.put("range", bounds);
            });
    return json;
  }

  private static Shares parse(Map<String, Object> json) {
    List<Share> shares = new ArrayList<>();
    if (json.get("shares") instanceof List<?> list) {
      list.forEach(item -> shares.add(share(Json.object(item))));
    }
    return new Shares(shares);
  }

  private static Share share(Map<String, Object> json) {
    return new Share(
        Landed.text(json, "name"),
        Landed.text(json, "table"),
        Landed.list(json.get("files")),
        Optional.ofNullable(json.get("range")).map(Json::object).map(Shares::range));
  }

  private static Range range(Map<String, Object> json) {
    return new Range(
        Landed.text(json, "column"),
        Optional.ofNullable(json.get("from")).map(String::valueOf),
        Optional.ofNullable(json.get("before")).map(String::valueOf));
  }
}
