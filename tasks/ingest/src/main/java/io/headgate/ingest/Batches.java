package io.headgate.ingest;

import io.headgate.api.TaskFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Deals files to slices. Files of a slice follow each other by name, and so do the slices: what
 * comes later in the input still does when they are put together.
 */
final class Batches {
  private Batches() {}

  /**
   * About as many bytes in each batch, as many batches as slices may be under way at once.
   *
   * @param files by table, sorted by name
   */
  static Map<TableSpec, List<Shares.Batch>> bySize(
      Map<TableSpec, List<InputFile>> files, int limit) {
    Map<TableSpec, Long> bytes = new LinkedHashMap<>();
    files.forEach(
        (table, some) -> bytes.put(table, some.stream().mapToLong(Batches::weight).sum()));
    long all = bytes.values().stream().mapToLong(Long::longValue).sum();
    Map<TableSpec, List<Shares.Batch>> batches = new LinkedHashMap<>();
    bytes.forEach(
        (table, own) -> {
          List<InputFile> some = files.getOrDefault(table, List.of());
          long wanted = Math.max(1, Math.round((double) limit * own / all));
          batches.put(table, cut(some, own, (int) Math.min(wanted, some.size())));
        });
    return batches;
  }

  private static List<Shares.Batch> cut(List<InputFile> files, long bytes, int count) {
    List<Shares.Batch> batches = new ArrayList<>();
    List<InputFile> batch = new ArrayList<>();
    long seen = 0;
    for (int i = 0; i < files.size(); i++) {
      batch.add(files.get(i));
      seen += weight(files.get(i));
      int left = files.size() - i - 1;
      int open = count - batches.size() - 1;
      boolean full = (double) seen * count >= (double) bytes * (batches.size() + 1);
      if (open > 0 && (full || left == open)) {
        batches.add(new Shares.Batch("", batch));
        batch = new ArrayList<>();
      }
    }
    batches.add(new Shares.Batch("", batch));
    return batches;
  }

  /**
   * A batch a folder; neighbours together where there are too many.
   *
   * @param files by table, sorted by name
   */
  static Map<TableSpec, List<Shares.Batch>> byFolder(Map<TableSpec, List<InputFile>> files) {
    Map<TableSpec, List<List<InputFile>>> folders = new LinkedHashMap<>();
    files.forEach((table, some) -> folders.put(table, folders(some)));
    int all = folders.values().stream().mapToInt(List::size).sum();
    int room = Math.max(1, Shares.MOST - files.size());
    int together = all <= Shares.MOST ? 1 : Math.ceilDiv(all, room);
    Map<TableSpec, List<Shares.Batch>> batches = new LinkedHashMap<>();
    folders.forEach((table, some) -> batches.put(table, joined(some, together)));
    return batches;
  }

  private static List<Shares.Batch> joined(List<List<InputFile>> folders, int together) {
    List<Shares.Batch> batches = new ArrayList<>();
    for (int i = 0; i < folders.size(); i += together) {
      List<InputFile> batch = new ArrayList<>();
      folders.subList(i, Math.min(i + together, folders.size())).forEach(batch::addAll);
      batches.add(new Shares.Batch(folder(batch.getFirst()), batch));
    }
    return batches;
  }

  private static List<List<InputFile>> folders(List<InputFile> files) {
    List<List<InputFile>> folders = new ArrayList<>();
    String last = "";
    for (InputFile file : files) {
      String folder = folder(file);
      if (folders.isEmpty() || !folder.equals(last)) {
        folders.add(new ArrayList<>());
      }
      folders.getLast().add(file);
      last = folder;
    }
    return folders;
  }

  private static String folder(InputFile file) {
    return file.name().substring(0, Math.max(0, file.name().lastIndexOf('/')));
  }

  /** Its bytes; an empty file is not for nothing either. */
  private static long weight(InputFile file) {
    try {
      return file.bytes() + 1;
    } catch (IOException e) {
      throw TaskFailure.temporary("cannot read: " + e.getMessage(), "", e);
    }
  }
}
