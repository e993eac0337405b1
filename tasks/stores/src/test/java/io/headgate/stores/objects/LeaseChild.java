package io.headgate.stores.objects;

import io.headgate.api.StoragePlace;
import io.headgate.stores.section.Holder;
import io.headgate.stores.section.Lease;
import java.time.Duration;

/** Takes a lease, says so and keeps it until it is killed. */
final class LeaseChild {
  private LeaseChild() {}

  public static void main(String[] arguments) throws Exception {
    StoragePlace.Bucket place = new StoragePlace.Bucket(arguments[0], arguments[1], "s3");
    Lease lease =
        ObjectLease.tryTake(
                Buckets.open(place),
                "lease.json",
                Holder.me("killed", false),
                Duration.ofSeconds(Long.parseLong(arguments[2])))
            .orElseThrow();
    System.out.println("taken");
    while (true) {
      Thread.sleep(50);
      lease.check();
    }
  }
}
