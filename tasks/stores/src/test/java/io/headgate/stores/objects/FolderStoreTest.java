package io.headgate.stores.objects;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FolderStoreTest extends ObjectStoreContract {
  @Override
  ObjectStore store() {
    return ObjectStores.open(
        new StoragePlace.Folder(folder.resolve("store")),
        Path.of(""),
        name -> {
          throw new AssertionError("a folder asks for no connection");
        });
  }

  @Test
  void staysBelowItsRoot() {
    assertThatThrownBy(() -> store().put("../x", "")).isInstanceOf(TaskFailure.class);
  }
}
