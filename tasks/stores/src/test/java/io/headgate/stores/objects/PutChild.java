package io.headgate.stores.objects;

import io.headgate.api.StoragePlace;
import java.nio.file.Path;

/** Puts one file and says how long that took from the start of the process, in milliseconds. */
final class PutChild {
  private PutChild() {}

  public static void main(String[] arguments) {
    ObjectStore store = Buckets.open(new StoragePlace.Bucket(arguments[0], arguments[1], "s3"));
    Stored put = store.put("large", Path.of(arguments[2]));
    System.out.println(put.tag());
    long begun =
        ProcessHandle.current()
            .info()
            .startInstant()
            .map(java.time.Instant::toEpochMilli)
            .orElse(0L);
    System.out.println(System.currentTimeMillis() - begun);
  }
}
