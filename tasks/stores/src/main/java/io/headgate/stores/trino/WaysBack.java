package io.headgate.stores.trino;

import io.headgate.api.json.Json;
import io.headgate.stores.trino.PublicationLog.Entry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a restore or a rollback of the pipeline leads back to: its newest standing publications at
 * each target.
 *
 * @param published names of the tables that it ever published
 * @param snapshots of private and published tables, and of copies
 * @param loads the snapshots of those that are the log of loads
 */
record WaysBack(Set<String> published, Set<Long> snapshots, Set<Long> loads) {
  static WaysBack of(TrinoPlace place, Trino trino) throws SQLException {
    PublicationLog log = new PublicationLog(place, trino);
    WaysBack ways = new WaysBack(new TreeSet<>(), new HashSet<>(), new HashSet<>());
    List<Entry> mine =
        log.all().stream().filter(entry -> entry.pipeline().equals(place.pipeline())).toList();
    mine.forEach(
        entry -> entry.tables().forEach(table -> ways.published.add(table.published().table())));
    Map<String, List<Entry>> standing =
        mine.stream().filter(Entry::stands).collect(Collectors.groupingBy(Entry::target));
    for (List<Entry> entries : standing.values()) {
      List<Entry> newest = new ArrayList<>(entries);
      newest.sort(Comparator.comparing(Entry::id).reversed());
      for (Entry entry : newest.subList(0, Math.min(Sequence.KEPT, newest.size()))) {
        ways.add(entry, log.privateTables(entry));
      }
    }
    return ways;
  }

  private void add(Entry entry, Map<String, Object> privateTables) {
    for (PublicationLog.Table table : entry.tables()) {
      table.before().snapshot().ifPresent(snapshots::add);
      table.after().ifPresent(snapshots::add);
      table.origin().ifPresent(snapshots::add);
    }
    for (Map<String, Object> one : TableVersion.objects(privateTables, "tables")) {
      for (String key : List.of("version", "copy")) {
        if (one.containsKey(key)) {
          TableVersion version = TableVersion.of(Json.object(one.get(key)));
          version.snapshot().ifPresent(snapshots::add);
          if (version.table().equals(OwnTables.LOADS)) {
            version.snapshot().ifPresent(loads::add);
          }
        }
      }
    }
  }
}
