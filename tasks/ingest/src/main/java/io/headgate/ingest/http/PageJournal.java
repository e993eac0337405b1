package io.headgate.ingest.http;

import io.headgate.api.json.Json;
import io.headgate.stores.DurableFiles;
import io.headgate.stores.Folders;
import io.headgate.stores.StoreFailures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The pages of one request that are on disk, so that another try goes on behind the last of them. A
 * page counts from when the journal names it.
 */
final class PageJournal {
  private static final String FILE = "pages.journal";

  private final Path folder;
  private final String request;
  private final Optional<KeptPages> kept;
  private final List<Entry> pages = new ArrayList<>();
  private Optional<String> next = Optional.empty();
  private boolean done;

  /**
   * One page.
   *
   * @param hash of its records
   * @param warning what somebody should look at
   */
  record Entry(
      String name,
      long records,
      String hash,
      Optional<String> greatest,
      Optional<String> warning) {}

  private PageJournal(Path folder, String request, Optional<KeptPages> kept) {
    this.folder = folder;
    this.request = request;
    this.kept = kept;
  }

  /**
   * The pages of a request that an earlier try left; none of another request.
   *
   * @param kept where they are beside the folder, which then says what the last try left
   */
  static PageJournal open(Path folder, String request, Optional<KeptPages> kept) {
    PageJournal journal = new PageJournal(folder, request, kept);
    try {
      Files.createDirectories(folder);
      kept.ifPresent(elsewhere -> journal.bring(elsewhere));
      if (!journal.read()) {
        journal.pages.clear();
        Folders.delete(folder);
        Files.createDirectories(folder);
        journal.rewrite(List.of(request));
      }
      return journal;
    } catch (IOException e) {
      throw StoreFailures.of("keep pages in " + folder, e);
    }
  }

  private void bring(KeptPages elsewhere) {
    try {
      Folders.delete(folder);
      Files.createDirectories(folder);
      Optional<List<String>> lines = elsewhere.journal(request);
      if (lines.isEmpty()) {
        elsewhere.begin(request);
      } else {
        elsewhere.fetch(folder);
        rewrite(lines.get());
      }
    } catch (IOException e) {
      throw StoreFailures.of("keep pages in " + folder, e);
    }
  }

  private boolean read() throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return false;
    }
    List<String> lines = Files.readString(file).lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(request)) {
      return false;
    }
    for (String line : lines.subList(1, lines.size())) {
      Map<String, Object> page;
      try {
        page = Json.object(Json.parse(line));
      } catch (UncheckedIOException e) {
        break; // a kill cut it off: the page is asked for again
      }
      String name = String.valueOf(page.get("name"));
      long records = page.get("records") instanceof Number number ? number.longValue() : 0;
      if (records > 0 && !Files.isRegularFile(folder.resolve(name))) {
        break;
      }
      pages.add(
          new Entry(
              name,
              records,
              String.valueOf(page.get("hash")),
              text(page, "greatest"),
              text(page, "warning")));
      next = text(page, "next");
      done = next.isEmpty();
    }
    rewrite(lines.subList(0, pages.size() + 1));
    return true;
  }

  private static Optional<String> text(Map<String, Object> page, String key) {
    return Optional.ofNullable(page.get(key)).map(String::valueOf);
  }

  private void rewrite(List<String> lines) throws IOException {
    DurableFiles.write(folder.resolve(FILE), String.join("\n", lines) + "\n");
  }

  List<Entry> pages() {
    return List.copyOf(pages);
  }

  /** How the page behind the last one is asked for; nothing before the first. */
  Optional<String> next() {
    return next;
  }

  boolean done() {
    return done;
  }

  /** Where the next page's records are written before {@link #add}. */
  Path making() {
    return folder.resolve("page.tmp");
  }

  /** Where a body is kept while it is read. */
  Path body() {
    return folder.resolve("body.tmp");
  }

  /** Takes the page that was made. */
  void add(
      long records,
      String hash,
      Optional<String> greatest,
      Optional<String> following,
      Optional<String> warning) {
    String name = "page-%05d.ndjson".formatted(pages.size() + 1);
    try {
      if (records > 0) {
        DurableFiles.replace(making(), folder.resolve(name));
        kept.ifPresent(elsewhere -> elsewhere.page(folder.resolve(name)));
      }
      Entry page = new Entry(name, records, hash, greatest, warning);
      pages.add(page);
      next = following;
      done = following.isEmpty();
      append(page);
    } catch (IOException e) {
      throw StoreFailures.of("keep pages in " + folder, e);
    }
  }

  private void append(Entry page) throws IOException {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", page.name());
    entry.put("records", page.records());
    entry.put("hash", page.hash());
    page.greatest().ifPresent(value -> entry.put("greatest", value));
    page.warning().ifPresent(value -> entry.put("warning", value));
    next.ifPresent(value -> entry.put("next", value));
    String text = Json.write(entry);
    kept.ifPresent(elsewhere -> elsewhere.line(pages.size(), text));
    byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
    try (FileChannel file =
        FileChannel.open(
            folder.resolve(FILE), StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      ByteBuffer bytes = ByteBuffer.wrap(line);
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(false);
    }
  }

  /** The files of the pages that have records. */
  List<Path> files() {
    return pages.stream()
        .filter(page -> page.records() > 0)
        .map(page -> folder.resolve(page.name()))
        .toList();
  }

  long records() {
    return pages.stream().mapToLong(Entry::records).sum();
  }
}
