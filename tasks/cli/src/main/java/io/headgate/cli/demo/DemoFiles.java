package io.headgate.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headgate.api.json.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Writes the six files. */
final class DemoFiles {
  private final Path folder;

  DemoFiles(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve("internal"));
    Files.createDirectories(folder.resolve("vendor"));
  }

  void movies(List<Catalogue.Movie> movies) throws IOException {
    StringBuilder text = new StringBuilder("title,duration_mins,original_language,size_mb\n");
    for (Catalogue.Movie movie : movies) {
      text.append(csv(movie.title())).append(',').append(movie.minutes()).append(',');
      text.append(movie.language()).append(',').append(movie.megabytes()).append('\n');
    }
    Files.writeString(folder.resolve("internal/movies.csv"), text);
  }

  void users(int count, long seed) throws IOException {
    Names names = new Names(new Random(seed + 1));
    try (OutputStream out = open("internal/users.csv")) {
      out.write("first_name,last_name,email\n".getBytes(UTF_8));
      for (int user = 0; user < count; user++) {
        String line = names.word() + "," + names.word() + "," + email(user) + "\n";
        out.write(line.getBytes(UTF_8));
      }
    }
  }

  /** Writes the streams as they come, and tells each to the tally. */
  void streams(Streams streams, List<Catalogue.Movie> movies, Streams.Sink tally)
      throws IOException {
    List<byte[]> titles = movies.stream().map(movie -> csv(movie.title()).getBytes(UTF_8)).toList();
    try (OutputStream out = open("internal/streams.csv")) {
      out.write("movie_title,user_email,size_mb,start_at,end_at\n".getBytes(UTF_8));
      byte[] times = new byte[59];
      streams.each(
          (movie, user, megabytes, start, end) -> {
            tally.stream(movie, user, megabytes, start, end);
            try {
              out.write(titles.get(movie));
              out.write(("," + email(user) + "," + megabytes).getBytes(UTF_8));
              times[0] = ',';
              int at = Month.write(start, times, 1);
              times[at] = ',';
              at = Month.write(end, times, at + 1);
              times[at] = '\n';
              out.write(times);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  /** One author, in the middle, is wholly null. */
  void authors(List<Catalogue.Author> authors) throws IOException {
    List<@Nullable Object> values = new ArrayList<>();
    for (Catalogue.Author author : authors) {
      Object set = nationality(author.nationality(), slug(author.nationality()));
      Object unset = nationality("", null);
      values.add(
          object(
              "metadata",
              object(
                  "name", author.name(),
                  "birth_date", midnight(author.born()),
                  "died_at", author.died().map(DemoFiles::midnight)),
              "nationalities",
              author.first() ? List.of(set, unset) : List.of(unset, set)));
    }
    values.add(
        values.size() / 2,
        object(
            "metadata", object("name", null, "birth_date", null, "died_at", null),
            "nationalities", List.of(nationality("", null), nationality("unknown", null))));
    write("vendor/authors.json", values);
  }

  void books(List<Catalogue.Book> books) throws IOException {
    List<@Nullable Object> values = new ArrayList<>();
    for (Catalogue.Book book : books) {
      values.add(
          object(
              "name", book.name(),
              "pages", book.pages(),
              "author", book.author(),
              "publisher", book.publisher()));
    }
    write("vendor/books.json", values);
  }

  void reviews(List<Catalogue.Review> reviews) throws IOException {
    List<String> labels = List.of("ONE", "TWO", "THREE", "FOUR", "FIVE");
    List<@Nullable Object> values = new ArrayList<>();
    for (Catalogue.Review review : reviews) {
      Object movie = object("id", 0, "title", review.movie());
      Object sentinel = object("id", 0, "title", "end");
      Object title = object("title", review.book(), "pages", "unknown");
      values.add(
          object(
              "content", object("text", review.text()),
              "rating", object("rate", review.rate(), "label", labels.get(review.rate() - 1)),
              "books", List.of(object("id", null, "metadata", title)),
              "movies",
                  review.sentinelFirst() ? List.of(sentinel, movie) : List.of(movie, sentinel),
              "updated", Month.text(review.updated()),
              "created", Month.text(review.created())));
    }
    write("vendor/reviews.json", values);
  }

  private void write(String file, List<@Nullable Object> values) throws IOException {
    Files.writeString(folder.resolve(file), Json.write(values));
  }

  private OutputStream open(String file) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(folder.resolve(file)), 1 << 16);
  }

  private static String email(int user) {
    return "user." + Integer.toString(user, 36) + "@stream.example";
  }

  private static String csv(String text) {
    return text.indexOf(',') < 0 ? text : "\"" + text + "\"";
  }

  private static String midnight(LocalDate day) {
    return day + "T00:00:00.000+0000";
  }

  private static Object nationality(String label, @Nullable String slug) {
    return object("id", null, "label", label, "slug", slug);
  }

  /** {@code Fijians (Rotuma)} becomes {@code fijians-rotuma}. */
  private static String slug(String label) {
    return label.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-").replaceAll("-$", "");
  }

  private static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return object;
  }
}
