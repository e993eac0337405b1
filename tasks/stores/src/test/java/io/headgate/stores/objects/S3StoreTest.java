package io.headgate.stores.objects;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.StoragePlace;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class S3StoreTest extends ObjectStoreContract {
  private final StoragePlace.Bucket place = Buckets.place();

  @Override
  ObjectStore store() {
    return Buckets.open(place);
  }

  @AfterEach
  void clear() {
    Buckets.empty(store());
  }

  @Test
  void sendsLargeFilesInPartsWithoutHoldingThem() throws Exception {
    Path file = folder.resolve("large");
    long size = 200L << 20;
    byte[] block = new byte[1 << 20];
    new Random(7).nextBytes(block);
    try (var out = Files.newOutputStream(file)) {
      for (long at = 0; at < size; at += block.length) {
        block[0] = (byte) (at >> 20);
        out.write(block);
      }
    }
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                PutChild.class.getName(),
                place.bucket(),
                place.prefix(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(child.inputReader().readLine()).as("tag of an upload in parts").contains("-");
    assertThat(child.waitFor()).isZero();
    Stored put = store().head("large").orElseThrow();
    assertThat(put.bytes()).isEqualTo(size);
    Path back = folder.resolve("back");
    store().fetch(put, back);
    assertThat(Files.mismatch(file, back)).isEqualTo(-1);
    try (InputStream in = store().open("large", 100L << 20, 1)) {
      assertThat(in.read()).isEqualTo(100);
    }
  }
}
