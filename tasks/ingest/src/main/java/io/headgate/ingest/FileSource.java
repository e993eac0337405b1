package io.headgate.ingest;

import io.headgate.api.StoragePlace;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.objects.ObjectStores;
import java.util.List;
import java.util.Optional;

/** Where the files of a step come from. */
interface FileSource {
  /**
   * The files that match any of the patterns, sorted by name.
   *
   * @throws TaskFailure 65 when a pattern matches nothing or a file lies outside; 78 for a pattern
   *     that leads outside
   */
  List<InputFile> find(String table, List<String> patterns, Optional<FileFormat> format);

  /**
   * A folder, or a prefix of an object store.
   *
   * @param connection of the object store; the target's own if left out
   */
  static FileSource of(TaskContext context, String from, Optional<String> connection) {
    if (!StoragePlace.isAddress(from)) {
      return InputFiles.below(context.projectDirectory().resolve(from));
    }
    StoragePlace place;
    try {
      place = StoragePlace.parse(from, context.projectDirectory(), connection.or(context::storage));
    } catch (IllegalArgumentException e) {
      throw TaskFailure.configuration(
          "from: " + e.getMessage(),
          "write a folder, or s3://bucket/prefix and storage: a target's");
    }
    return new ObjectFiles(
        ObjectStores.open(context, place), LandingZone.spill(context).resolve("inputs"));
  }
}
