package io.headgate.stores;

import io.headgate.stores.duckdb.DuckDbCleaning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What nobody needs any more below the state directory. {@link #plan} only looks; {@link #apply}
 * deletes what a plan lists.
 */
public final class Cleaning {
  /** Files in the making that are older than this have lost their process. */
  private static final Duration ORPHANED = Duration.ofDays(1);

  /**
   * How long things are kept.
   *
   * @param landing landed files that no load in the warehouse refers to
   * @param deadLetters rejected rows
   * @param runs what runs left: journal, logs, reports, results of checks
   * @param quarantine failing rows that gates kept
   */
  public record Retention(
      Duration landing, Duration deadLetters, Duration runs, Duration quarantine) {
    /** 30 days for landed files and quarantine, 90 for the others. */
    public static final Retention DEFAULT =
        new Retention(
            Duration.ofDays(30), Duration.ofDays(90), Duration.ofDays(90), Duration.ofDays(30));
  }

  /**
   * One file or folder that would go.
   *
   * @param kind {@code snapshot}, {@code landing}, {@code dead letters}, {@code run}, {@code source
   *     rows} or {@code temporary}
   * @param reason for people
   */
  public record Item(String kind, Path path, long bytes, Instant lastUsed, String reason) {}

  /**
   * Rows of the private side that would go.
   *
   * @param directory of one pipeline in one warehouse
   * @param kind {@code quarantine} or {@code check results}
   * @param rows how many there were when somebody looked
   * @param before rows from before this moment go
   */
  public record OldRows(Path directory, String kind, long rows, Instant before) {}

  /**
   * What would go.
   *
   * @param notes what was left alone, and why
   */
  public record Plan(List<Item> items, List<OldRows> rows, List<String> notes) {
    public Plan {
      items = List.copyOf(items);
      rows = List.copyOf(rows);
      notes = List.copyOf(notes);
    }

    /** How much space the files take. */
    public long bytes() {
      return items.stream().mapToLong(Item::bytes).sum();
    }
  }

  private final Path state;
  private final Path landing;
  private final Retention retention;
  private final Instant now;
  private Optional<Set<String>> elsewhere = Optional.of(Set.of());
  private final List<Item> items = new ArrayList<>();
  private final List<OldRows> rows = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private Cleaning(Path state, Path landing, Retention retention, Instant now) {
    this.state = state.toAbsolutePath().normalize();
    this.landing = landing.toAbsolutePath().normalize();
    this.retention = retention;
    this.now = now;
  }

  /**
   * Lists what would go.
   *
   * @param stateDirectory {@code .headgate} of the project
   * @param landingDirectory the landing zone of a target
   */
  public static Plan plan(
      Path stateDirectory, Path landingDirectory, Retention retention, Instant now)
      throws IOException {
    return plan(stateDirectory, landingDirectory, Optional.of(Set.of()), retention, now);
  }

  /**
   * As {@link #plan(Path, Path, Retention, Instant)}, for a project whose servers hold loads, too.
   *
   * @param elsewhere ids of the loads that warehouses on other machines hold; none when that is not
   *     known, which leaves landed files alone
   */
  public static Plan plan(
      Path stateDirectory,
      Path landingDirectory,
      Optional<Set<String>> elsewhere,
      Retention retention,
      Instant now)
      throws IOException {
    Cleaning cleaning = new Cleaning(stateDirectory, landingDirectory, retention, now);
    cleaning.elsewhere = elsewhere;
    cleaning.warehouses();
    cleaning.files("dead letters", cleaning.state.resolve("dead-letters"), retention.deadLetters());
    cleaning.runs();
    cleaning.sources();
    cleaning.temporaries();
    return new Plan(cleaning.items, cleaning.rows, cleaning.notes);
  }

  /**
   * Deletes what the plan lists; what is gone already is passed over, and rows of a pipeline that
   * runs meanwhile are left for the next time.
   */
  public static void apply(Plan plan) throws IOException {
    for (OldRows rows : plan.rows()) {
      DuckDbCleaning.delete(rows);
    }
    for (Item item : plan.items()) {
      Folders.delete(item.path());
    }
  }

  /**
   * Ids of the loads that warehouses on this machine hold; nothing when one of them is in use and
   * cannot say.
   */
  public static Optional<Set<String>> loads(Path stateDirectory, Retention retention, Instant now)
      throws IOException {
    Set<String> loads = new HashSet<>();
    for (Path target : folders(stateDirectory.resolve("work"))) {
      for (Path pipeline : folders(target)) {
        for (Path warehouse : folders(pipeline)) {
          DuckDbCleaning.Found found =
              DuckDbCleaning.look(
                  warehouse, now.minus(retention.quarantine()), now.minus(retention.runs()));
          if (found.heldBy().isPresent()) {
            return Optional.empty();
          }
          loads.addAll(found.loads());
        }
      }
    }
    return Optional.of(loads);
  }

  private void warehouses() throws IOException {
    Map<String, Set<String>> referenced = new HashMap<>();
    Set<String> unknown = new HashSet<>();
    for (Path target : folders(state.resolve("work"))) {
      for (Path pipeline : folders(target)) {
        for (Path warehouse : folders(pipeline)) {
          String name = pipeline.getFileName().toString();
          DuckDbCleaning.Found found =
              DuckDbCleaning.look(
                  warehouse, now.minus(retention.quarantine()), now.minus(retention.runs()));
          rows.addAll(found.rows());
          referenced.computeIfAbsent(name, key -> new HashSet<>()).addAll(found.loads());
          if (found.heldBy().isPresent()) {
            unknown.add(name);
            notes.add("landing of " + name + " left alone: " + found.heldBy().get());
          }
          for (Path file : found.superfluous()) {
            add("snapshot", file, "no rollback leads back so far");
          }
        }
      }
    }
    landing(referenced, unknown);
  }

  private void landing(Map<String, Set<String>> referenced, Set<String> unknown)
      throws IOException {
    if (elsewhere.isEmpty()) {
      notes.add("landing left alone: not all warehouses can be asked for their loads");
      return;
    }
    for (Path pipeline : folders(landing)) {
      String name = pipeline.getFileName().toString();
      if (unknown.contains(name)) {
        continue;
      }
      Set<String> loads = referenced.getOrDefault(name, Set.of());
      for (Path step : folders(pipeline)) {
        for (Path table : folders(step)) {
          for (Path load : folders(table)) {
            String id = load.getFileName().toString();
            if (!loads.contains(id)
                && !elsewhere.get().contains(id)
                && older(newest(load), retention.landing())) {
              add("landing", load, "no load in a warehouse refers to it");
            }
          }
        }
      }
    }
  }

  private void runs() throws IOException {
    for (Path run : folders(state.resolve("runs"))) {
      if (older(newest(run), retention.runs())) {
        add("run", run, "older than " + retention.runs().toDays() + " days");
      }
    }
  }

  /** Rows that came from a source, of steps that did not get to load them. */
  private void sources() throws IOException {
    for (Path run : folders(state.resolve("sources"))) {
      if (older(newest(run), retention.landing())) {
        add("source rows", run, "older than " + retention.landing().toDays() + " days");
      }
    }
  }

  private void files(String kind, Path directory, Duration kept) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Cleaning::regular).sorted().toList()) {
        if (older(modified(file), kept)) {
          add(kind, file, "older than " + kept.toDays() + " days");
        }
      }
    }
  }

  private void temporaries() throws IOException {
    files("temporary", state.resolve("tmp"), ORPHANED);
    Set<Path> listed = new HashSet<>();
    items.forEach(item -> listed.add(item.path()));
    for (Path root : List.of(state, landing)) {
      if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(Cleaning::temporary).sorted().toList()) {
          if (older(modified(file), ORPHANED) && listed.add(file) && !belowAny(file, listed)) {
            add("temporary", file, "left by a process that is gone");
          }
        }
      }
    }
  }

  private static boolean belowAny(Path file, Set<Path> listed) {
    for (Path up = file.getParent(); up != null; up = up.getParent()) {
      if (listed.contains(up)) {
        return true;
      }
    }
    return false;
  }

  private static boolean temporary(Path file) {
    return regular(file) && file.getFileName().toString().endsWith(DurableFiles.TEMPORARY);
  }

  private static boolean regular(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  private boolean older(Instant lastUsed, Duration kept) {
    return lastUsed.isBefore(now.minus(kept));
  }

  private void add(String kind, Path path, String reason) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.filter(Cleaning::regular).toList()) {
        bytes += Files.size(file);
      }
    }
    items.add(new Item(kind, path, bytes, newest(path), reason));
  }

  private static Instant newest(Path path) throws IOException {
    Instant newest = modified(path);
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.toList()) {
        Instant at = modified(file);
        newest = at.isAfter(newest) ? at : newest;
      }
    }
    return newest;
  }

  private static Instant modified(Path file) throws IOException {
    return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
  }

  private static List<Path> folders(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
