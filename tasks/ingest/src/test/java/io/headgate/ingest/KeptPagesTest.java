package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.Connection;
import io.headgate.api.ExitCode;
import io.headgate.api.Rows;
import io.headgate.api.StoragePlace;
import io.headgate.ingest.source.PageConfig;
import io.headgate.stores.objects.ObjectStore;
import io.headgate.stores.objects.ObjectStores;
import io.headgate.testing.Lab;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages of an HTTP API that outlive the machine that asked for them. */
class KeptPagesTest {
  @TempDir Path root;
  private final StoragePlace.Bucket base =
      new StoragePlace.Bucket("landing", "pages-test/" + UUID.randomUUID(), "s3");
  private ApiServer api;
  private Connection storage;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(Lab.s3().isPresent(), Lab.MISSING);
    storage = Lab.s3("PIPELINE").orElseThrow();
    System.setProperty("headgate.http.pause", "20");
    api = new ApiServer(34);
  }

  @AfterEach
  void close() {
    if (api != null) {
      api.close();
      store().delete(kept());
    }
  }

  private ObjectStore store() {
    return ObjectStores.open(base, root, name -> storage);
  }

  private List<String> kept() {
    List<String> names = new ArrayList<>();
    store().list("", found -> names.add(found.name()));
    return names;
  }

  private void breakAfterTwoPages() {
    api.next(ApiServer.later(0), ApiServer.later(0));
    for (int i = 0; i < 20; i++) {
      api.next(ApiServer.status(500));
    }
  }

  private Project machine(String name) throws Exception {
    return new Project(root.resolve(name))
        .keeping(storage, base.resolve("landing"), base.resolve("state"))
        .connection(api.connection())
        .table(
            "t",
            SourceTable.path("/link")
                .key("id")
                .page(
                    new PageConfig(
                        PageConfig.Kind.LINK,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        1))
                .build());
  }

  @Test
  void anotherMachineGoesOnBehindTheLastPage() throws Exception {
    breakAfterTwoPages();
    var failure = machine("one").failure();
    assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
    assertThat(kept()).anyMatch(name -> name.endsWith("/sources/run1/ingest/t/page-00002.ndjson"));
    api.drop();
    api.asked.clear();

    Project other = machine("two");

    assertThat(other.rows(other.run(), "t").rows()).isEqualTo(new Rows(34, 34, 0, 0));
    assertThat(api.asked).first().asString().contains("page=3");
    assertThat(kept()).noneMatch(name -> name.contains("/sources/"));
  }

  @Test
  void beginsAnewWhenTheRequestIsAnother() throws Exception {
    breakAfterTwoPages();
    machine("one").failure();
    api.drop();
    api.asked.clear();
    Project other = machine("two");
    other.table("t", SourceTable.path("/link").parameter("state", "all").key("id").build());

    other.run();

    assertThat(api.asked).first().asString().doesNotContain("page=").contains("state=all");
  }
}
