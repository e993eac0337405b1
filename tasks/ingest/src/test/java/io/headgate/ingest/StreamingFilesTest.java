package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.ingest.Project.ContractBuilder;
import io.headgate.ingest.Project.TableBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real files of the reference pipeline, beside the project or where HEADGATE_REAL_DATA says.
 */
@EnabledIf("present")
class StreamingFilesTest {
  private static final Path SOURCE =
      Optional.ofNullable(System.getenv("HEADGATE_REAL_DATA"))
          .map(Path::of)
          .orElse(Path.of(System.getProperty("user.dir")).resolve("../../../shared/streaming"))
          .normalize();

  @TempDir Path root;
  Project project;

  static boolean present() {
    return Files.isDirectory(SOURCE);
  }

  @BeforeEach
  void project() throws Exception {
    project =
        new Project(root)
            .from(SOURCE.toString())
            .table("movies", new TableBuilder("internal/movies*.csv").key("title"))
            .table("streams", new TableBuilder("internal/streams*.csv").eventTime("start_at"))
            .table("users", new TableBuilder("internal/users*.csv").key("email"))
            .table(
                "authors",
                new TableBuilder("vendor/authors*.json").key("metadata.name").rejects("5"))
            .table("books", new TableBuilder("vendor/books*.json").key("name"))
            .table("reviews", "vendor/reviews*.json")
            .contract(
                "streams",
                new ContractBuilder()
                    .column("movie_title", "text")
                    .required("user_email", "text")
                    .column("size_mb", "double")
                    .offset("start_at", "timestamp", ContractColumn.Offset.DROP)
                    .offset("end_at", "timestamp", ContractColumn.Offset.DROP)
                    .key("user_email", "movie_title", "start_at"))
            .contract(
                "authors",
                new ContractBuilder()
                    .required("metadata", "struct(name text, birth_date text, died_at text)")
                    .required("nationalities", "struct(id bigint, label text, slug text)[]"));
  }

  @Test
  void accountsForEveryRow() throws Exception {
    Outcome outcome = project.run();

    assertThat(project.rows(outcome, "movies").rows()).isEqualTo(new Rows(91, 91, 0, 0));
    assertThat(project.rows(outcome, "streams").rows()).isEqualTo(new Rows(9652, 9652, 0, 0));
    assertThat(project.rows(outcome, "users").rows()).isEqualTo(new Rows(783, 783, 0, 0));
    assertThat(project.rows(outcome, "authors").rows()).isEqualTo(new Rows(201, 200, 1, 0));
    assertThat(project.rows(outcome, "books").rows()).isEqualTo(new Rows(103, 103, 0, 0));
    assertThat(project.rows(outcome, "reviews").rows()).isEqualTo(new Rows(501, 501, 0, 0));
    assertThat(project.deadLetters("authors")).singleElement().asString().contains("is null");
  }

  @Test
  void loadsOneDayByLocalTime() throws Exception {
    Outcome outcome = project.run("2021-12-25");

    long day;
    try (var lines = Files.lines(SOURCE.resolve("internal/streams.csv"))) {
      day = lines.filter(line -> line.matches(".*,2021-12-25T[^,]*,[^,]*")).count();
    }
    assertThat(day).isPositive();
    assertThat(project.rows(outcome, "streams").rows())
        .isEqualTo(new Rows(9652, day, 0, 9652 - day));
  }
}
