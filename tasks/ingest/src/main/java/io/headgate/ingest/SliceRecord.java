package io.headgate.ingest;

import io.headgate.api.Artefact;
import io.headgate.api.Outcome;
import io.headgate.api.TaskContext;
import io.headgate.api.json.Json;
import io.headgate.ingest.source.Fetched;
import io.headgate.stores.DurableFiles;
import io.headgate.stores.StoreFailures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a slice leaves for the task that closes the step: what it landed is known by.
 *
 * @param names of the files, or what the source calls its own
 * @param hashes their contents, in the same order
 * @param fetched what a source said of the rows; none for files
 */
record SliceRecord(
    String table, List<String> names, List<String> hashes, Optional<Fetched> fetched) {
  private static final String LABEL = "slice";
  private static final String FILE = "slice.json";

  SliceRecord {
    names = List.copyOf(names);
    hashes = List.copyOf(hashes);
  }

  static SliceRecord of(TableLoad load) {
    return new SliceRecord(
        load.table().name(),
        load.files().stream().map(InputFile::name).toList(),
        load.hashes(),
        load.fetched());
  }

  /** Leaves the record behind. */
  Outcome leftBy(TaskContext context, Outcome outcome) {
    Path folder = context.artefactDirectory();
    try {
      DurableFiles.write(folder.resolve(FILE), Json.pretty(json()));
    } catch (IOException e) {
      throw StoreFailures.of("write " + folder.resolve(FILE), e);
    }
    return outcome.withArtefacts(
        List.of(new Artefact(LABEL, "artefacts/" + folder.getFileName() + "/" + FILE)));
  }

  /** What slices left that ended well, as it is found in the run's folder. */
  static List<SliceRecord> of(TaskContext context, Map<String, Outcome> slices) {
    Path run =
        Objects.requireNonNull(
            Objects.requireNonNull(context.artefactDirectory().getParent()).getParent());
    List<SliceRecord> records = new ArrayList<>();
    slices.forEach(
        (name, outcome) -> {
          Optional<Artefact> left = outcome.artefact(LABEL);
          if (outcome.state().good() && left.isPresent()) {
            try {
              records.add(parse(Json.object(Json.read(run.resolve(left.get().path())))));
            } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
              context.log().warn("slice " + name + ": its record cannot be read: " + e);
            }
          }
        });
    return records;
  }

  private Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("table", table);
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
        Landed.text(json, "table"),
        Landed.list(json.get("names")),
        Landed.list(json.get("sha256")),
        fetched);
  }
}
