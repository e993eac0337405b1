package io.headgate.cli.demo;

import io.headgate.api.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The six files read in the plainest way, for comparison. */
record RawFiles(
    Map<String, Integer> minutes,
    List<Stream> streams,
    List<String> users,
    List<Author> authors,
    Map<String, String> authorOfBook,
    List<Review> reviews) {

  record Stream(
      String movie, String user, double megabytes, LocalDateTime start, LocalDateTime end) {
    String key() {
      return movie + "|" + user + "|" + start;
    }
  }

  record Author(Optional<String> name, List<String> slugs, int slugAt) {}

  record Review(String book, List<String> movies, LocalDateTime updated, LocalDateTime created) {}

  static RawFiles read(Path folder) throws IOException {
    Map<String, Integer> minutes = new HashMap<>();
    for (List<String> row : csv(folder.resolve("internal/movies.csv"))) {
      minutes.put(row.get(0), Integer.valueOf(row.get(1)));
    }
    List<Stream> streams = new ArrayList<>();
    for (List<String> row : csv(folder.resolve("internal/streams.csv"))) {
      streams.add(
          new Stream(
              row.get(0),
              row.get(1),
              Double.parseDouble(row.get(2)),
              local(row.get(3)),
              local(row.get(4))));
    }
    List<String> users =
        csv(folder.resolve("internal/users.csv")).stream().map(row -> row.get(2)).toList();
    Map<String, String> authorOfBook = new HashMap<>();
    for (Object item : array(folder.resolve("vendor/books.json"))) {
      authorOfBook.put(text(item, "name"), text(item, "author"));
    }
    return new RawFiles(
        minutes,
        streams,
        users,
        array(folder.resolve("vendor/authors.json")).stream().map(RawFiles::author).toList(),
        authorOfBook,
        array(folder.resolve("vendor/reviews.json")).stream().map(RawFiles::review).toList());
  }

  private static Author author(Object item) {
    List<String> slugs = new ArrayList<>();
    int at = -1;
    List<?> nationalities = list(item, "nationalities");
    for (int i = 0; i < nationalities.size(); i++) {
      Object slug = field(nationalities.get(i), "slug");
      if (slug != null) {
        slugs.add(slug.toString());
        at = i;
      }
    }
    Object name = field(field(item, "metadata"), "name");
    return new Author(Optional.ofNullable(name).map(Object::toString), slugs, at);
  }

  private static Review review(Object item) {
    return new Review(
        text(field(list(item, "books").getFirst(), "metadata"), "title"),
        list(item, "movies").stream().map(movie -> text(movie, "title")).toList(),
        local(text(item, "updated")),
        local(text(item, "created")));
  }

  private static LocalDateTime local(String text) {
    return LocalDateTime.parse(text.replace("+0100", ""));
  }

  private static @Nullable Object field(@Nullable Object object, String name) {
    return Json.object(object).get(name);
  }

  private static String text(@Nullable Object object, String name) {
    return String.valueOf(field(object, name));
  }

  private static List<?> list(@Nullable Object object, String name) {
    return field(object, name) instanceof List<?> list ? list : List.of();
  }

  private static List<?> array(Path file) throws IOException {
    return Json.read(file) instanceof List<?> list ? list : List.of();
  }

  private static List<List<String>> csv(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    return lines.subList(1, lines.size()).stream().map(RawFiles::values).toList();
  }

  private static List<String> values(String line) {
    List<String> values = new ArrayList<>();
    StringBuilder value = new StringBuilder();
    boolean quoted = false;
    for (char c : line.toCharArray()) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        values.add(value.toString());
        value.setLength(0);
      } else {
        value.append(c);
      }
    }
    values.add(value.toString());
    return values;
  }
}
