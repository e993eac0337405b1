package io.headgate.stores.section;

import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import io.headgate.stores.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Lease and documents in a folder of this machine, below the state directory. */
record KeptInFolder(Path directory) implements KeptSection {
  static KeptInFolder of(StoragePlace.Folder state, List<String> names) {
    Path directory = state.path().resolve("work");
    for (String name : names) {
      directory = below(directory, name);
    }
    return new KeptInFolder(directory);
  }

  private static Path below(Path directory, String name) {
    Path path = directory.resolve(name).normalize();
    if (!directory.equals(path.getParent())) {
      throw TaskFailure.configuration(
          "\"" + name + "\" cannot name a folder", "use letters, digits, - and _");
    }
    return path;
  }

  @Override
  public Object key() {
    return directory;
  }

  @Override
  public Optional<Lease> tryTake(Holder holder) throws IOException {
    return FileLease.tryTake(directory, holder);
  }

  @Override
  public Optional<Holder> holder() {
    return Holder.read(FileLease.holderFile(directory));
  }

  @Override
  public Optional<String> read(String name) throws IOException {
    try {
      return Optional.of(Files.readString(file(name)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void write(String name, String text) throws IOException {
    DurableFiles.write(file(name), text);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(file(name));
  }

  private Path file(String name) {
    return below(directory, name + ".json");
  }
}
