package io.headgate.ingest;

import io.headgate.api.Part;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskContext;
import io.headgate.stores.Folders;
import io.headgate.stores.LandedTable;
import io.headgate.stores.Session;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.objects.ObjectStores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The landing of one load: Parquet parts, and a manifest that is written last. Without a manifest
 * there is no landing.
 */
interface LandingZone {
  /** The name of the manifest. */
  String MANIFEST = "manifest.json";

  static LandingZone of(TaskContext context, String table, String loadId) {
    StoragePlace place =
        context.landing().resolve(context.run().pipeline(), context.step(), table, loadId);
    return switch (place) {
      case StoragePlace.Folder(Path path) -> new FolderZone(path);
      case StoragePlace.Bucket bucket ->
          new ObjectZone(
              ObjectStores.open(context, bucket), spill(context).resolve(table).resolve(loadId));
    };
  }

  /** What landed before by the same plan, if it is whole. */
  Optional<Landed> find(TableSpec table, String plan);

  /** An empty folder in which a landing is made. */
  Path begin(String runId);

  /** Brings the parts to their place and writes the manifest. */
  Landed commit(
      TaskContext context,
      Landed landed,
      Path making,
      List<String> parts,
      List<Map<String, Object>> files);

  /** Fetches parts that are not on this machine. */
  void bringHere(Landed landed);

  /** Removes the landing, which nobody needs any more. */
  void remove();

  /** Fetches parts that are not on this machine, unless the warehouse reads them where they are. */
  static void bringHere(TaskContext context, Session session, Landed landed) {
    boolean inPlace =
        landed.source() instanceof LandedTable.Parquet parquet && session.readsInPlace(parquet);
    if (!inPlace) {
      LandingZone.of(context, landed.table().name(), landed.loadId()).bringHere(landed);
    }
  }

  /** Where this step keeps parts on this machine while the landing itself lies elsewhere. */
  static Path spill(TaskContext context) {
    return context
        .stateDirectory()
        .resolve("tmp")
        .resolve("spill-" + context.run().runId())
        .resolve(own(context));
  }

  /** A name for what is this task's alone: other slices of the step may be at work here too. */
  static String own(TaskContext context) {
    return context.part() instanceof Part.Slice slice
        ? context.step() + "." + slice.name()
        : context.step();
  }

  /** Frees what the step took of this machine's disk. */
  static void clear(TaskContext context) {
    try {
      Folders.delete(spill(context));
    } catch (IOException e) {
      throw StoreFailures.of("remove " + spill(context), e);
    }
  }
}
