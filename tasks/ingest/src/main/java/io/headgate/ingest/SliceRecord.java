package io.headgate.ingest;

import io.headgate.api.Outcome;
import io.headgate.api.TaskContext;
import io.headgate.api.json.Json;
import io.headgate.ingest.source.Fetched;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a slice leaves for the task that closes the step: what it landed is known by.
 *
 * @param names of the files, or what the source calls its own
 * @param hashes their contents, in the same order
 * @param fetched what a source said of the rows; none for files
 */
record SliceRecord(List<String> names, List<String> hashes, Optional<Fetched> fetched) {
  private static final String LABEL = "slice";

  SliceRecord {
    names = List.copyOf(names);
    hashes = List.copyOf(hashes);
  }

  static SliceRecord of(TableLoad load) {
    return new SliceRecord(
        load.files().stream().map(InputFile::name).toList(), load.hashes(), load.fetched());
  }

  /** Leaves the record behind. */
  Outcome leftBy(TaskContext context, Outcome outcome) {
    return PartFile.leave(context, outcome, LABEL, json());
  }

  /** What slices left that ended well, by their names. */
  static Map<String, SliceRecord> of(TaskContext context, Map<String, Outcome> slices) {
    Map<String, SliceRecord> records = new LinkedHashMap<>();
    slices.forEach(
        (name, outcome) ->
            PartFile.read(context, "slice " + name, outcome, LABEL)
                .ifPresent(json -> records.put(name, parse(json))));
    return records;
  }

  /** What a load of all that it names is known by. */
  TableLoad.Identity identity(TaskContext context, TableSpec spec) {
    return TableLoad.Identity.of(context, spec, names, hashes, Set.of(), fetched);
  }

  /** For the manifest of a landing. */
  List<Map<String, Object>> fileList() {
    List<Map<String, Object>> list = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", names.get(i));
      entry.put("sha256", hashes.get(i));
      fetched.ifPresent(source -> entry.putAll(source.facts()));
      list.add(entry);
    }
    return list;
  }

  private Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("names", names);
    json.put("sha256", hashes);
    fetched.ifPresent(
        source -> {
          Map<String, Object> said = new LinkedHashMap<>();
          said.put("read", source.read());
          said.put("identity", source.identity());
          said.put("facts", source.facts());
          said.put("warnings", source.warnings());
          json.put("fetched", said);
        });
    return json;
  }

  private static SliceRecord parse(Map<String, Object> json) {
    Optional<Fetched> fetched = Optional.empty();
    if (json.get("fetched") != null) {
      Map<String, Object> said = Json.object(json.get("fetched"));
      fetched =
          Optional.of(
              new Fetched(
                  List.of(),
                  Landed.number(said, "read"),
                  Landed.list(said.get("identity")),
                  Optional.empty(),
                  Optional.empty(),
                  Json.object(said.get("facts")),
                  Landed.list(said.get("warnings"))));
    }
    return new SliceRecord(
        Landed.list(json.get("names")), Landed.list(json.get("sha256")), fetched);
  }
}
