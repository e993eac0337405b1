package io.headgate.stores.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every object store promises. */
abstract class ObjectStoreContract {
  @TempDir Path folder;

  abstract ObjectStore store();

  @Test
  void keepsTextAndFilesUnderTheirNames() throws IOException {
    ObjectStore store = store();
    Path file = Files.writeString(folder.resolve("in"), "rows");
    store.put("a/b.txt", "übung");
    Stored put = store.put("a/c", file);
    assertThat(store.read("a/b.txt").map(StoredText::text)).contains("übung");
    assertThat(store.head("a/c").map(Stored::bytes)).contains(4L);
    assertThat(store.head("a/c").map(Stored::tag)).contains(put.tag());
    assertThat(store.read("a/none")).isEmpty();
    assertThat(store.head("a")).isEmpty();
    store.fetch(put, folder.resolve("out/c"));
    assertThat(folder.resolve("out/c")).hasContent("rows");
    try (InputStream in = store.open("a/c", 1, 2)) {
      assertThat(in.readAllBytes())
          .isEqualTo("ow".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    assertThat(Buckets.names(store, "a/")).containsExactly("a/b.txt", "a/c");
    assertThat(Buckets.names(store, "a/b")).containsExactly("a/b.txt");
    store.delete(List.of("a/b.txt", "a/none", "a/c"));
    assertThat(Buckets.names(store, "")).isEmpty();
  }

  @Test
  void writesOnlyWhatTheConditionAllows() {
    ObjectStore store = store();
    Stored first = store.putIfAbsent("x", "one").orElseThrow();
    assertThat(store.putIfAbsent("x", "two")).isEmpty();
    Stored second = store.putIfMatch("x", "three", first.tag()).orElseThrow();
    assertThat(store.putIfMatch("x", "four", first.tag())).isEmpty();
    assertThat(store.putIfMatch("gone", "four", second.tag())).isEmpty();
    assertThat(store.read("x").map(StoredText::text)).contains("three");
    assertThat(store.read("x").map(StoredText::tag)).contains(second.tag());
  }

  @Test
  void fetchesNothingThatChangedSinceItWasListed() throws IOException {
    ObjectStore store = store();
    Stored first = store.put("x", "one");
    store.put("x", "three");
    assertThatThrownBy(() -> store.fetch(first, folder.resolve("x")))
        .isInstanceOfSatisfying(
            TaskFailure.class,
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
              assertThat(failure).hasMessageEndingWith("x changed while it was read");
            });
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @Test
  void listsAndDeletesMoreThanOnePage() {
    ObjectStore store = store();
    List<String> names = IntStream.range(0, 1100).mapToObj("p/%04d"::formatted).toList();
    names.parallelStream().forEach(name -> store.put(name, ""));
    assertThat(Buckets.names(store, "p/")).isEqualTo(names);
    store.delete(new ArrayList<>(names));
    assertThat(Buckets.names(store, "")).isEmpty();
    assertThat(store.head("p/0000")).isEqualTo(Optional.empty());
  }
}
