package io.headgate.stores.section;

import io.headgate.stores.Publications.Publication;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One pipeline in one warehouse at one target, as a store sees it. */
public interface SectionPlace {
  /** Tells sections of this process apart; equal for equal places. */
  Object key();

  /** For people: kind and place, such as {@code duckdb warehouse/dev.duckdb}. */
  String describe();

  /** Takes the lease, or finds it taken. */
  Optional<Lease> tryTake(Holder holder) throws IOException, InterruptedException;

  /** Who holds the lease or held it last, as far as that can be found out. */
  Optional<Holder> holder();

  /** When the lease ends if its holder is dead; empty when it ends with its process. */
  default Optional<Instant> leaseEnds() {
    return Optional.empty();
  }

  /** The section under a lease of this process. */
  HeldSection under(Lease lease, String runId);

  /** The pipeline's publications at its target, newest first; takes no lease. */
  List<Publication> published() throws InterruptedException;
}
