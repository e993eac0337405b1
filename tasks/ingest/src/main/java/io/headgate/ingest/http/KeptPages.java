package io.headgate.ingest.http;

import io.headgate.stores.objects.ObjectStore;
import io.headgate.stores.objects.Stored;
import io.headgate.stores.objects.StoredText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pages in an object store, so that another machine goes on where this one ended. A page counts
 * from when the line of the journal that names it is there.
 */
final class KeptPages {
  private static final String REQUEST = "request";
  private static final String LINE = "line-%05d";

  private final ObjectStore store;
  private final String prefix;

  /**
   * The pages of one table.
   *
   * @param prefix what names in the store begin with, its slash included
   */
  KeptPages(ObjectStore store, String prefix) {
    this.store = store;
    this.prefix = prefix;
  }

  /** The journal of the same request, if one was begun. */
  Optional<List<String>> journal(String request) {
    Optional<StoredText> kept = store.read(prefix + REQUEST);
    if (kept.isEmpty() || !kept.get().text().equals(request)) {
      return Optional.empty();
    }
    List<String> lines = new ArrayList<>(List.of(request));
    while (true) {
      Optional<StoredText> line = store.read(prefix + LINE.formatted(lines.size()));
      if (line.isEmpty()) {
        return Optional.of(lines);
      }
      lines.add(line.get().text());
    }
  }

  /** Begins anew, and forgets what another request left. */
  void begin(String request) {
    forget();
    store.put(prefix + REQUEST, request);
  }

  /** Fetches pages that the journal names. */
  void fetch(Path folder) {
    Map<String, Stored> pages = new LinkedHashMap<>();
    store.list(prefix + "page-", page -> pages.put(page.name(), page));
    pages.forEach(
        (name, page) -> store.fetch(page, folder.resolve(name.substring(prefix.length()))));
  }

  /** Keeps a page that has records. */
  void page(Path page) {
    store.put(prefix + page.getFileName(), page);
  }

  /** Keeps the line that names a page, counted from one. */
  void line(int number, String line) {
    store.put(prefix + LINE.formatted(number), line);
  }

  private void forget() {
    List<String> names = new ArrayList<>();
    store.list(prefix, found -> names.add(found.name()));
    store.delete(names);
  }
}
