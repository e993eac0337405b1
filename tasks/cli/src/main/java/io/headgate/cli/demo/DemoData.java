package io.headgate.cli.demo;

import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.stores.Folders;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes the input of the reference pipeline: six files in the shapes, and with the traps, of a real
 * streaming service's December 2021. The same scale and seed always make the same bytes. Its
 * answers are known without SQL.
 */
public final class DemoData {
  /** The seed of a user who names none. */
  public static final long DEFAULT_SEED = 7;

  /** The largest scale: a billion streams. */
  public static final long MAXIMUM_SCALE = 100_000;

  /** Beside the six files: scale, seed, rows and answers. */
  public static final String ANSWERS_FILE = "answers.json";

  private static final int STREAMS_PER_SCALE = 10_000;
  private static final int USERS_PER_SCALE = 800;

  private DemoData() {}

  /**
   * Writes {@code internal/movies.csv}, {@code streams.csv}, {@code users.csv}, {@code
   * vendor/authors.json}, {@code books.json}, {@code reviews.json} and {@value #ANSWERS_FILE} into
   * a folder. It appears at once and complete. Demo data that was there is replaced; memory does
   * not grow with the scale but for two bits a user.
   *
   * @param scale tens of thousands of streams: 1 makes 10,000 streams of 800 users; movies,
   *     authors, books and reviews are as many at every scale
   * @return the six answers
   * @throws TaskFailure 64 when the scale is out of range, or the folder holds anything else
   */
  public static DemoAnswers write(Path folder, long scale, long seed) throws IOException {
    requireScale(scale);
    Path target = folder.toAbsolutePath().normalize();
    requireOurs(target);
    Files.createDirectories(target.getParent() == null ? target : target.getParent());
    Path making =
        target.resolveSibling("." + target.getFileName() + "." + ProcessHandle.current().pid());
    Folders.delete(making);
    try {
      DemoAnswers answers = writeInto(making, scale, seed);
      Folders.delete(target);
      move(making, target);
      return answers;
    } finally {
      Folders.delete(making);
    }
  }

  /** The answers alone; takes as long as generating, writes nothing. */
  public static DemoAnswers answers(long scale, long seed) {
    requireScale(scale);
    Catalogue catalogue = Catalogue.of(seed);
    Streams streams = streams(catalogue, scale, seed);
    Tally tally = new Tally(catalogue.movies());
    streams.each(tally);
    return answers(seed, streams, tally);
  }

  private static DemoAnswers writeInto(Path folder, long scale, long seed) throws IOException {
    Catalogue catalogue = Catalogue.of(seed);
    Streams streams = streams(catalogue, scale, seed);
    Tally tally = new Tally(catalogue.movies());
    DemoFiles files = new DemoFiles(folder);
    files.movies(catalogue.movies());
    files.authors(catalogue.authors());
    files.books(catalogue.books());
    files.reviews(catalogue.reviews());
    files.users(users(scale), seed);
    files.streams(streams, catalogue.movies(), tally);
    DemoAnswers answers = answers(seed, streams, tally);
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("scale", scale);
    about.put("seed", seed);
    about.put("rows", rows(scale));
    about.put("answers", answers.byModel());
    Files.writeString(folder.resolve(ANSWERS_FILE), Json.pretty(about));
    return answers;
  }

  private static Map<String, Object> rows(long scale) {
    Map<String, Object> rows = new LinkedHashMap<>();
    rows.put("movies", Catalogue.MOVIES);
    rows.put("streams", scale * STREAMS_PER_SCALE);
    rows.put("users", users(scale));
    rows.put("authors", Catalogue.AUTHORS + 1);
    rows.put("books", Catalogue.BOOKS);
    rows.put("reviews", Catalogue.REVIEWS);
    return rows;
  }

  private static DemoAnswers answers(long seed, Streams streams, Tally tally) {
    BigDecimal share =
        BigDecimal.valueOf(Catalogue.based(seed))
            .divide(BigDecimal.valueOf(Catalogue.STREAMED), 3, RoundingMode.HALF_UP);
    BigDecimal gigabytes =
        BigDecimal.valueOf(streams.median())
            .divide(BigDecimal.valueOf(1000), 2, RoundingMode.HALF_UP);
    return new DemoAnswers(
        share,
        streams.affected(),
        Catalogue.basedOnSingaporeans(seed),
        tally.averageHours(),
        gigabytes,
        tally.usersWatched());
  }

  private static Streams streams(Catalogue catalogue, long scale, long seed) {
    return new Streams(catalogue.movies(), scale * STREAMS_PER_SCALE, users(scale), seed);
  }

  private static int users(long scale) {
    return Math.toIntExact(scale * USERS_PER_SCALE);
  }

  private static void requireScale(long scale) {
    if (scale < 1 || scale > MAXIMUM_SCALE) {
      throw TaskFailure.usage(
          "scale " + scale + " is out of range", "give one from 1 to " + MAXIMUM_SCALE);
    }
  }

  private static void requireOurs(Path folder) throws IOException {
    if (!Files.exists(folder) || Files.exists(folder.resolve(ANSWERS_FILE))) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw TaskFailure.usage(folder + " is not a folder", "give another --out");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      if (entries.findAny().isPresent()) {
        throw TaskFailure.usage(
            folder + " holds files that are not demo data", "give an empty folder as --out");
      }
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to);
    }
  }
}
