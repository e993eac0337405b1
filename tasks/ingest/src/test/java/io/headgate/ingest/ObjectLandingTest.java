package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.Connection;
import io.headgate.api.ExitCode;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.Project.ContractBuilder;
import io.headgate.ingest.Project.TableBuilder;
import io.headgate.stores.objects.ObjectStore;
import io.headgate.stores.objects.ObjectStores;
import io.headgate.testing.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectLandingTest {
  @TempDir Path root;
  private final StoragePlace.Bucket base =
      new StoragePlace.Bucket("landing", "objects-test/" + UUID.randomUUID(), "s3");
  private final StoragePlace landing = base.resolve("landing");
  private final StoragePlace state = base.resolve("state");
  private Connection connection;
  private Project project;

  @BeforeEach
  void project() throws Exception {
    assumeTrue(Lab.s3().isPresent(), Lab.MISSING);
    connection = Lab.s3("PIPELINE").orElseThrow();
    project = fresh(root);
  }

  private Project fresh(Path folder) throws Exception {
    return new Project(folder)
        .contract("t", new ContractBuilder().required("id", "int").column("v", "text"))
        .keeping(connection, landing, state);
  }

  private ObjectStore store(StoragePlace place) {
    return ObjectStores.open(place, root, name -> connection);
  }

  private List<String> names(StoragePlace place) {
    List<String> names = new ArrayList<>();
    store(place).list("", found -> names.add(found.name()));
    return names;
  }

  @AfterEach
  void clear() {
    if (Lab.s3().isPresent()) {
      store(base).delete(names(base));
    }
  }

  private List<Path> left() throws Exception {
    try (var files = Files.walk(root.resolve(".headgate/tmp"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void landsInTheObjectStoreAndLeavesNothingOnThisMachine() throws Exception {
    project
        .file("t.csv", "id,v\n1,a\n2,b\nx,c\n")
        .table("t", new TableBuilder("t.csv").rejects("1"));
    Outcome outcome = project.run();
    assertThat(project.rows(outcome, "t").rows()).isEqualTo(new Rows(3, 2, 1, 0));
    assertThat(project.query("SELECT id, v FROM {t} ORDER BY id"))
        .containsExactly(List.of("1", "a"), List.of("2", "b"));
    String load = project.rows(outcome, "t").loadId();
    assertThat(names(landing))
        .hasSize(2)
        .allMatch(name -> name.startsWith("shop/ingest/t/" + load + "/"))
        .anyMatch(name -> name.endsWith("/manifest.json"))
        .anyMatch(name -> name.matches(".*/data-[0-9a-f-]+/part-00000.parquet"));
    assertThat(names(state)).containsExactly("dead-letters/shop/ingest/t/" + load + ".parquet");
    assertThat(left()).isEmpty();
    assertThat(root.resolve(".headgate/landing")).doesNotExist();
  }

  @Test
  void putsTogetherWhatSlicesLanded() throws Exception {
    project
        .file("1.csv", "id,v\n1,a\n2,b\nx,c\n")
        .file("2.csv", "id,v\n2,c\n3,d\ny,e\n")
        .table("t", new TableBuilder("*.csv").key("id").rejects("2"))
        .fanOut(FanOutConfig.By.FILES, 2);
    Outcome outcome = project.spread(slices -> slices, Optional.empty());
    assertThat(project.rows(outcome, "t").rows()).isEqualTo(new Rows(6, 3, 2, 1));
    assertThat(project.query("SELECT id, v FROM {t} ORDER BY id"))
        .containsExactly(List.of("1", "a"), List.of("2", "c"), List.of("3", "d"));
    String load = project.rows(outcome, "t").loadId();
    assertThat(names(landing))
        .hasSize(3)
        .allMatch(name -> name.startsWith("shop/ingest/t/" + load + "/"));
    assertThat(names(state)).containsExactly("dead-letters/shop/ingest/t/" + load + ".parquet");
    assertThat(left()).isEmpty();
  }

  @Test
  void takesUpALandingOfAnotherMachine() throws Exception {
    project.file("t.csv", "id,v\n1,a\n2,b\n").table("t", "t.csv").landing(Landing.ONLY);
    project.run();
    List<String> landed = names(landing);
    Project other =
        fresh(root.resolve("other")).file("t.csv", "id,v\n1,a\n2,b\n").table("t", "t.csv");
    assertThat(other.rows(other.run(), "t").rows()).isEqualTo(new Rows(2, 2, 0, 0));
    assertThat(names(landing)).as("nothing is landed twice").isEqualTo(landed);
    assertThat(other.query("SELECT id FROM {t} ORDER BY id"))
        .containsExactly(List.of("1"), List.of("2"));
  }

  @Test
  void landsAnewWhatIsNotWhole() throws Exception {
    project.file("t.csv", "id,v\n1,a\n").table("t", "t.csv");
    project.run();
    store(landing).delete(names(landing).stream().filter(n -> n.endsWith(".parquet")).toList());
    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(1, 1, 0, 0));
    assertThat(names(landing)).hasSize(2);
  }

  @Test
  void letsManyLandTheSameAtATime() throws Exception {
    List<Callable<Outcome>> runs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Project own =
          fresh(root.resolve("p" + i))
              .file("t.csv", "id,v\n1,a\n2,b\n")
              .table("t", "t.csv")
              .landing(Landing.ONLY);
      runs.add(own::run);
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Outcome> run : threads.invokeAll(runs)) {
        assertThat(run.get().rows().getFirst().rows()).isEqualTo(new Rows(2, 2, 0, 0));
      }
    }
    assertThat(names(landing)).as("one attempt counts, the others are gone").hasSize(2);
  }

  @Test
  void readsFilesFromAnObjectStore() throws Exception {
    ObjectStore in = store(base.resolve("in"));
    in.put("day/a.csv", "id,v\n1,a\n");
    in.put("day/b [1].csv", "id,v\n2,b\n");
    in.put("day/notes.txt", "no");
    in.put("other/c.csv", "id,v\n3,c\n");
    project.from(base.resolve("in").address()).table("t", "day/*.csv");
    assertThat(project.rows(project.run(), "t").rows()).isEqualTo(new Rows(2, 2, 0, 0));
    assertThat(project.query("SELECT id, v FROM {t} ORDER BY id"))
        .containsExactly(List.of("1", "a"), List.of("2", "b"));
    assertThat(left()).isEmpty();
    project.table("t", "none/*.csv");
    TaskFailure failure = project.failure();
    assertThat(failure.exitCode()).isEqualTo(ExitCode.BLOCKED);
    assertThat(failure).hasMessageContaining("no file \"none/*.csv\" in s3://landing/");
  }

  @Test
  void givesBackDeadLettersThatAnotherMachineKept() throws Exception {
    project.file("t.csv", "id,v\n1,a\nx,c\n").table("t", new TableBuilder("t.csv").rejects("1"));
    project.run();
    Path elsewhere = Files.createDirectories(root.resolve("elsewhere/.headgate"));
    DeadLetters letters =
        DeadLetters.in(
            elsewhere,
            List.of(state),
            this::store,
            (place, failure) -> {
              throw failure;
            });
    DeadLetters.Batch batch = letters.list("t").getFirst();
    assertThat(batch.rows()).isEqualTo(1);
    assertThat(letters.rows(batch, 10).getFirst().raw()).isEqualTo("x,c");
    letters.markReplayed(batch, "run9");
    assertThat(names(state)).hasSize(2).anyMatch(name -> name.endsWith(".replayed.json"));
  }

  @Test
  void saysWhatTheConnectionMayNotDo() {
    Connection reader = Lab.s3("READER").orElseThrow();
    project.keeping(reader, landing, state).file("t.csv", "id,v\n1,a\n").table("t", "t.csv");
    TaskFailure failure = project.failure();
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line())
        .contains("access denied → allow s3:PutObject on bucket landing for connection s3");
    Map<String, String> wrong = new LinkedHashMap<>(reader.properties());
    wrong.put("secret_key", "wrong-wrong-wrong");
    project.keeping(new Connection("s3", "s3", wrong, Set.of()), landing, state);
    assertThat(project.failure().exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(project.failure()).hasMessageContaining("refuses the credentials of connection s3");
  }

  /** Lands one large file and says when it begins. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      StoragePlace.Bucket base = new StoragePlace.Bucket(arguments[1], arguments[2], "s3");
      Project project =
          new Project(Path.of(arguments[0]))
              .keeping(
                  Lab.s3("PIPELINE").orElseThrow(), base.resolve("landing"), base.resolve("state"))
              .table("t", "t.csv");
      System.out.println("begins");
      project.run();
      System.out.println("done");
    }
  }

  @Test
  void losesNothingAndDoublesNothingWhenKilledWhileItLands() throws Exception {
    int rows = 2_000_000;
    StringBuilder csv = new StringBuilder("id,v\n");
    Random values = new Random(5);
    for (int i = 0; i < rows; i++) {
      csv.append(i).append(',').append(Long.toHexString(values.nextLong())).append('\n');
    }
    project.file("t.csv", csv.toString());
    Project whole = new Project(root).keeping(connection, landing, state).table("t", "t.csv");
    for (long seed = 0; seed < Integer.getInteger("headgate.seeds", 2); seed++) {
      Process child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Child.class.getName(),
                  root.toString(),
                  base.bucket(),
                  base.prefix())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try {
        assertThat(child.inputReader().readLine()).isEqualTo("begins");
        Thread.sleep(new Random(seed).nextInt(4000));
      } finally {
        child.destroyForcibly().waitFor();
      }
      assertThat(whole.rows(whole.run(), "t").rows()).isEqualTo(new Rows(rows, rows, 0, 0));
      assertThat(whole.query("SELECT count(*), count(DISTINCT id), sum(id) FROM {t}"))
          .containsExactly(
              List.of(String.valueOf(rows), String.valueOf(rows), String.valueOf(1999999000000L)));
      assertThat(names(landing)).filteredOn(name -> name.endsWith("manifest.json")).hasSize(1);
      store(landing).delete(names(landing));
    }
  }
}
