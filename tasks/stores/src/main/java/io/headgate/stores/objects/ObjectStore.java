package io.headgate.stores.objects;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Objects by name below one root: a prefix of a bucket, or a folder. An object is whole or not
 * there, and what was written is seen by everybody at once. Safe for several threads.
 *
 * <p>Every method throws {@link io.headgate.api.TaskFailure}: 75 when the store is away, slow or
 * full, after some tries; 78 for wrong credentials, a missing right, an unknown bucket or
 * authority; 143 when the thread was interrupted, which it stays.
 */
public interface ObjectStore {
  /** Where the root is, for people and other tools. */
  String address();

  /** Where an object is. */
  default String address(String name) {
    return name.isEmpty() ? address() : address() + "/" + name;
  }

  /** What is known of an object, if there is one. */
  Optional<Stored> head(String name);

  /** The content of a small object, if there is one. */
  Optional<StoredText> read(String name);

  /** Writes or replaces an object with what a file holds; large ones in parts. */
  Stored put(String name, Path file);

  /** Writes or replaces a small object. */
  Stored put(String name, String text);

  /**
   * Writes a small object unless there is one.
   *
   * @return nothing when there is one already
   */
  Optional<Stored> putIfAbsent(String name, String text);

  /**
   * Replaces a small object that is still the one with the tag.
   *
   * @return nothing when it is another, or gone
   */
  Optional<Stored> putIfMatch(String name, String text, String tag);

  /**
   * Fetches an object as it was listed; the file is whole or not there. Parents are created.
   *
   * @throws io.headgate.api.TaskFailure 75 when it changed meanwhile or is gone
   */
  void fetch(Stored object, Path file);

  /** A stretch of an object. */
  InputStream open(String name, long offset, long length);

  /** All objects whose name begins with the prefix, in the order of their names. */
  void list(String prefix, Consumer<Stored> each);

  /** Deletes objects; what is gone already is passed over. */
  void delete(Collection<String> names);

  /** Uploads in parts below the prefix that were begun and never ended; they take space. */
  List<Upload> unfinished(String prefix, Instant before);

  /** Gives up an upload and frees its space. */
  void abandon(Upload upload);
}
