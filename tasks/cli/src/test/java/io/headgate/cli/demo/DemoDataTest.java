package io.headgate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoDataTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {DemoData.DEFAULT_SEED, 0, 1, 2, 3, -4, 5_000_000_000L})
  void answersAgreeWithCountingTheFiles(long seed) throws IOException {
    DemoAnswers answers = DemoData.write(folder.resolve("data"), 1, seed);

    assertThat(answers).isEqualTo(BruteForce.answers(folder.resolve("data")));
  }

  @Test
  void answersAgreeAtALargerScale() throws IOException {
    DemoAnswers answers = DemoData.write(folder.resolve("data"), 3, 11);

    assertThat(answers).isEqualTo(BruteForce.answers(folder.resolve("data")));
  }

  @Test
  void answersAreKnownWithoutWriting() throws IOException {
    assertThat(DemoData.answers(2, 9)).isEqualTo(DemoData.write(folder.resolve("data"), 2, 9));
  }

  @Test
  void sameScaleAndSeedMakeTheSameBytes() throws IOException {
    DemoData.write(folder.resolve("one"), 1, 42);
    DemoData.write(folder.resolve("two"), 1, 42);

    List<String> files = files(folder.resolve("one"));
    assertThat(files).hasSize(7).isEqualTo(files(folder.resolve("two")));
    for (String file : files) {
      assertThat(folder.resolve("one").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("two").resolve(file));
    }
  }

  @Test
  void anotherSeedMakesOtherData() throws IOException {
    DemoData.write(folder.resolve("one"), 1, 1);
    DemoData.write(folder.resolve("two"), 1, 2);

    assertThat(Files.mismatch(streams("one"), streams("two"))).isNotEqualTo(-1);
  }

  @Test
  void scaleMultipliesStreamsAndUsersOnly() throws IOException {
    DemoData.write(folder.resolve("data"), 2, 1);

    assertThat(rows())
        .isEqualTo(
            Map.of(
                "movies", 97L, "streams", 20_000L, "users", 1_600L, "authors", 191L, "books", 110L,
                "reviews", 520L));
    assertThat(lines("internal/streams.csv")).isEqualTo(20_001);
    assertThat(lines("internal/users.csv")).isEqualTo(1_601);
    assertThat(lines("internal/movies.csv")).isEqualTo(98);
  }

  @Test
  void answersFileHoldsTheAnswers() throws IOException {
    DemoAnswers answers = DemoData.write(folder.resolve("data"), 1, 1);

    Map<String, Object> written = Json.object(about().get("answers"));
    assertThat(written).hasSameSizeAs(answers.byModel());
    answers.byModel().forEach((model, answer) -> assertThat(written.get(model)).isEqualTo(answer));
  }

  @Test
  void holdsTheTrapsOfTheRealFiles() throws IOException {
    Path data = folder.resolve("data");
    DemoData.write(data, 1, 1);

    RawFiles raw = RawFiles.read(data);
    assertThat(raw.authors()).filteredOn(author -> author.name().isEmpty()).hasSize(1);
    assertThat(raw.authors())
        .filteredOn(author -> author.name().isPresent())
        .allSatisfy(author -> assertThat(author.slugs()).hasSize(1));
    assertThat(raw.authors()).extracting(RawFiles.Author::slugAt).contains(0, 1);
    assertThat(raw.reviews())
        .allSatisfy(review -> assertThat(review.movies()).hasSize(2).containsOnlyOnce("end"));
    assertThat(raw.reviews()).extracting(review -> review.movies().indexOf("end")).contains(0, 1);
    assertThat(raw.reviews())
        .filteredOn(review -> review.updated().isBefore(review.created()))
        .hasSizeGreaterThan(100);
    assertThat(raw.streams()).extracting(RawFiles.Stream::key).doesNotHaveDuplicates();
    assertThat(raw.users()).doesNotHaveDuplicates();
  }

  @Test
  void replacesDemoDataButNothingElse() throws IOException {
    Path data = folder.resolve("data");
    DemoData.write(data, 2, 1);
    DemoData.write(data, 1, 1);
    assertThat(lines("internal/users.csv")).isEqualTo(801);

    Path own = Files.createDirectory(folder.resolve("own"));
    Files.writeString(own.resolve("thesis.txt"), "years of work");
    assertThatThrownBy(() -> DemoData.write(own, 1, 1))
        .isInstanceOf(TaskFailure.class)
        .hasMessageContaining("not demo data");
    assertThat(own.resolve("thesis.txt")).hasContent("years of work");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, DemoData.MAXIMUM_SCALE + 1})
  void refusesAScaleOutOfRange(long scale) {
    assertThatThrownBy(() -> DemoData.write(folder.resolve("data"), scale, 1))
        .isInstanceOf(TaskFailure.class)
        .hasMessageContaining("scale " + scale);
  }

  @Test
  void roundsLikePeople() {
    DemoAnswers answers = DemoData.answers(1, 1);

    assertThat(answers.moviesBasedOnBooks().scale()).isEqualTo(3);
    assertThat(answers.medianStreamingSize().scale()).isEqualTo(2);
    assertThat(answers.moviesBasedOnBooks()).isBetween(BigDecimal.ZERO, BigDecimal.ONE);
  }

  private Path streams(String name) {
    return folder.resolve(name).resolve("internal/streams.csv");
  }

  private long lines(String file) throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("data").resolve(file))) {
      return lines.count();
    }
  }

  private Map<String, Object> about() throws IOException {
    return Json.object(Json.read(folder.resolve("data").resolve(DemoData.ANSWERS_FILE)));
  }

  private Map<String, Object> rows() throws IOException {
    return Json.object(about().get("rows"));
  }

  private static List<String> files(Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      return walk.filter(Files::isRegularFile)
          .map(path -> root.relativize(path).toString())
          .sorted()
          .toList();
    }
  }
}
