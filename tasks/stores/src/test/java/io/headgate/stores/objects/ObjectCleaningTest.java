package io.headgate.stores.objects;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.StoragePlace;
import io.headgate.stores.Cleaning.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ObjectCleaningTest {
  private static final Retention RETENTION = Retention.DEFAULT;

  private final StoragePlace.Bucket place = Buckets.place();
  private final ObjectStore store = Buckets.open(place);

  @AfterEach
  void clear() {
    Buckets.empty(store);
  }

  private static Instant in(int days) {
    return Instant.now().plus(Duration.ofDays(days));
  }

  private static List<String> words(List<ObjectCleaning.Item> items) {
    return items.stream().map(item -> item.kind() + " " + item.names()).toList();
  }

  @Test
  void listsOldLandingsAndAttemptsThatDoNotCount() {
    store.put("shop/in/t/l1/data-a/part-00000.parquet", "1");
    store.put("shop/in/t/l1/data-b/part-00000.parquet", "22");
    store.put(
        "shop/in/t/l1/manifest.json", "{\"parts\": [{\"name\": \"data-b/part-00000.parquet\"}]}");
    store.put("shop/in/t/l2/manifest.json", "{\"parts\": []}");

    assertThat(ObjectCleaning.landing(store, load -> false, RETENTION, in(0))).isEmpty();
    assertThat(words(ObjectCleaning.landing(store, load -> false, RETENTION, in(2))))
        .containsExactly("temporary [shop/in/t/l1/data-a/part-00000.parquet]");
    List<ObjectCleaning.Item> old =
        ObjectCleaning.landing(store, load -> load.equals("l2"), RETENTION, in(31));
    assertThat(words(old))
        .containsExactly(
            "landing [shop/in/t/l1/data-a/part-00000.parquet,"
                + " shop/in/t/l1/data-b/part-00000.parquet, shop/in/t/l1/manifest.json]");
    assertThat(old.getFirst().address()).isEqualTo(place.address() + "/shop/in/t/l1");
    old.forEach(ObjectCleaning.Item::delete);
    assertThat(Buckets.names(store, "")).containsExactly("shop/in/t/l2/manifest.json");
  }

  @Test
  void listsOldRunsAndDeadLettersButNoLease() {
    store.put("runs/7f3c/run.json", "{}");
    store.put("runs/7f3c/logs/a.log", "x");
    store.put("dead-letters/shop/in/t/l1.parquet", "x");
    store.put("work/dev/shop/main/lease.json", "{}");

    assertThat(ObjectCleaning.state(store, RETENTION, in(89))).isEmpty();
    List<ObjectCleaning.Item> old = ObjectCleaning.state(store, RETENTION, in(91));
    assertThat(words(old))
        .containsExactly(
            "run [runs/7f3c/logs/a.log, runs/7f3c/run.json]",
            "dead letters [dead-letters/shop/in/t/l1.parquet]");
    old.forEach(ObjectCleaning.Item::delete);
    assertThat(Buckets.names(store, "")).containsExactly("work/dev/shop/main/lease.json");
  }

  @Test
  void listsPagesOfStepsThatDidNotLoadThem() {
    store.put("sources/7f3c/in/t/page-00001.ndjson", "x");
    store.put("sources/7f3c/in/t/request", "x");

    assertThat(ObjectCleaning.state(store, RETENTION, in(29))).isEmpty();
    assertThat(words(ObjectCleaning.state(store, RETENTION, in(31))))
        .containsExactly("pages [sources/7f3c/in/t/page-00001.ndjson, sources/7f3c/in/t/request]");
  }
}
