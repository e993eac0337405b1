package io.headgate.stores.section;

import io.headgate.api.Connection;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskContext;
import io.headgate.api.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The place of one pipeline in one warehouse at one target for stores that cannot keep a lease and
 * commit a record themselves: the lease, and beside it small documents that say what is under way.
 * Only the holder of the lease writes documents; each is whole or not there.
 */
public interface KeptSection {
  /** The document that {@link #section} reads. */
  String SECTION = "section";

  /** The place of the context's pipeline, as its target keeps its state. */
  static KeptSection of(TaskContext context) {
    return of(
        context.state(),
        context.projectDirectory(),
        context::connection,
        List.of(context.run().target(), context.run().pipeline(), context.warehouse().name()));
  }

  /**
   * A place below a target's state.
   *
   * @param connections gives connections by name; asked for a bucket only
   * @param names of target, pipeline and warehouse
   */
  static KeptSection of(
      StoragePlace state,
      Path projectDirectory,
      Function<String, Connection> connections,
      List<String> names) {
    return switch (state) {
      case StoragePlace.Folder folder -> KeptInFolder.of(folder, names);
      case StoragePlace.Bucket bucket ->
          KeptInObjects.of(bucket, projectDirectory, connections, names);
    };
  }

  /** Tells places of this process apart; equal for equal places. */
  Object key();

  /** Takes the lease, or finds it taken. */
  Optional<Lease> tryTake(Holder holder) throws IOException, InterruptedException;

  /** Who holds the lease or held it last, as far as that can be found out. */
  Optional<Holder> holder();

  /** When the lease ends if its holder is dead; empty when it ends with its process. */
  default Optional<Instant> leaseEnds() {
    return Optional.empty();
  }

  /**
   * The text of a document, if there is one.
   *
   * @param name letters, digits and dashes
   */
  Optional<String> read(String name) throws IOException;

  /** Writes or replaces a document; durable on return. */
  void write(String name, String text) throws IOException;

  /** Deletes a document, if there is one. */
  void delete(String name) throws IOException;

  /** A document as JSON, if there is one. */
  default Optional<Map<String, Object>> document(String name) throws IOException {
    return read(name).map(text -> Json.object(Json.parse(text)));
  }

  /**
   * What is on record about the private tables; nothing before the first run, or when it is lost.
   */
  default Optional<Section> section() throws IOException {
    return document(SECTION).map(Section::of);
  }

  /** Replaces what is on record about the private tables. */
  default void write(Section section) throws IOException {
    write(SECTION, section.json());
  }
}
