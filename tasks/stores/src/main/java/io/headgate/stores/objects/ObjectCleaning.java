package io.headgate.stores.objects;

import io.headgate.api.json.Json;
import io.headgate.stores.Cleaning.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What nobody needs any more in an object store. Looking changes nothing. */
public final class ObjectCleaning {
  /** What is younger may be in the making. */
  private static final Duration ORPHANED = Duration.ofDays(1);

  private static final String MANIFEST = "manifest.json";

  private final ObjectStore store;
  private final Retention retention;
  private final Instant now;
  private final List<Item> items = new ArrayList<>();

  private ObjectCleaning(ObjectStore store, Retention retention, Instant now) {
    this.store = store;
    this.retention = retention;
    this.now = now;
  }

  /**
   * Objects that would go together.
   *
   * @param kind {@code landing}, {@code dead letters}, {@code run}, {@code pages}, {@code
   *     temporary} or {@code upload}
   * @param names of the objects
   * @param upload the upload that would be given up, if it is one
   * @param reason for people
   */
  public record Item(
      ObjectStore store,
      String kind,
      String address,
      List<String> names,
      Optional<Upload> upload,
      long bytes,
      Instant lastUsed,
      String reason) {
    /** Deletes; what is gone already is passed over. */
    public void delete() {
      // The manifest first: without it there is no landing, whatever is left of it.
      List<String> first = names.stream().filter(name -> name.endsWith("/" + MANIFEST)).toList();
      store.delete(first);
      store.delete(names.stream().filter(name -> !first.contains(name)).toList());
      upload.ifPresent(store::abandon);
    }
  }

  /**
   * Of a landing zone: loads that are old, and attempts that do not count.
   *
   * @param kept ids of loads that stay whatever their age
   */
  public static List<Item> landing(
      ObjectStore landing, Predicate<String> kept, Retention retention, Instant now) {
    ObjectCleaning cleaning = new ObjectCleaning(landing, retention, now);
    cleaning.groups("", 4).forEach((load, objects) -> cleaning.load(load, objects, kept));
    cleaning.uploads();
    return cleaning.items;
  }

  /** Of what runs keep beside their warehouse: dead letters, logs, reports and pages of APIs. */
  public static List<Item> state(ObjectStore state, Retention retention, Instant now) {
    ObjectCleaning cleaning = new ObjectCleaning(state, retention, now);
    cleaning
        .groups("runs/", 2)
        .forEach((run, objects) -> cleaning.old("run", run, objects, retention.runs()));
    cleaning
        .groups("dead-letters/", 5)
        .forEach(
            (file, objects) ->
                cleaning.old("dead letters", file, objects, retention.deadLetters()));
    cleaning
        .groups("sources/", 2)
        .forEach((run, objects) -> cleaning.old("pages", run, objects, retention.landing()));
    cleaning.uploads();
    return cleaning.items;
  }

  /** Objects by the first parts of their names. */
  private Map<String, List<Stored>> groups(String prefix, int parts) {
    Map<String, List<Stored>> groups = new LinkedHashMap<>();
    store.list(
        prefix,
        stored -> {
          String[] names = stored.name().split("/", parts + 1);
          if (names.length >= parts) {
            String group = String.join("/", List.of(names).subList(0, parts));
            groups.computeIfAbsent(group, key -> new ArrayList<>()).add(stored);
          }
        });
    return groups;
  }

  private void load(String load, List<Stored> objects, Predicate<String> kept) {
    String id = load.substring(load.lastIndexOf('/') + 1);
    if (old(newest(objects), retention.landing()) && !kept.test(id)) {
      add("landing", load, objects, "no load in a warehouse refers to it");
      return;
    }
    Set<String> counted = counted(load);
    List<Stored> orphans =
        objects.stream()
            .filter(object -> !object.name().endsWith("/" + MANIFEST))
            .filter(object -> !counted.contains(object.name()))
            .filter(object -> old(object.modified(), ORPHANED))
            .toList();
    if (!orphans.isEmpty()) {
      add("temporary", load, orphans, "left by an attempt that does not count");
    }
  }

  /** What the manifest of a load names. */
  private Set<String> counted(String load) {
    Set<String> names = new HashSet<>();
    Optional<StoredText> manifest = store.read(load + "/" + MANIFEST);
    if (manifest.isPresent()
        && Json.object(Json.parse(manifest.get().text())).get("parts") instanceof List<?> parts) {
      parts.forEach(part -> names.add(load + "/" + Json.object(part).get("name")));
    }
    return names;
  }

  private void old(String kind, String name, List<Stored> objects, Duration retained) {
    if (old(newest(objects), retained)) {
      add(kind, name, objects, "older than " + retained.toDays() + " days");
    }
  }

  private void uploads() {
    for (Upload upload : store.unfinished("", now.minus(ORPHANED))) {
      items.add(
          new Item(
              store,
              "upload",
              store.address(upload.name()),
              List.of(),
              Optional.of(upload),
              0,
              upload.begun(),
              "begun and not ended"));
    }
  }

  private boolean old(Instant used, Duration retained) {
    return used.isBefore(now.minus(retained));
  }

  private void add(String kind, String name, List<Stored> objects, String reason) {
    items.add(
        new Item(
            store,
            kind,
            store.address(name),
            objects.stream().map(Stored::name).toList(),
            Optional.empty(),
            objects.stream().mapToLong(Stored::bytes).sum(),
            newest(objects),
            reason));
  }

  private static Instant newest(List<Stored> objects) {
    return objects.stream().map(Stored::modified).max(Instant::compareTo).orElse(Instant.MAX);
  }
}
