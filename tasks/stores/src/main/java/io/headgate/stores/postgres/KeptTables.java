package io.headgate.stores.postgres;

import io.headgate.stores.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Copies of the private tables as publications left them. Only what changed since is copied: a
 * trigger notes each statement that writes to a table, and what makes a table anew changes its
 * signature. All in the link's open transaction.
 */
final class KeptTables {
  /** How many standing publications keep theirs: so far back can a rollback lead. */
  static final int KEPT = 3;

  private static final String TRIGGER = "_headgate_touch";
  private static final String COPY = "copy_";

  private final PostgresPlace place;
  private final Link link;
  private final String record;

  KeptTables(PostgresPlace place, Link link) {
    this.place = place;
    this.link = link;
    this.record = place.inKept(OwnTables.KEPT);
  }

  /**
   * A private table or view as it is now.
   *
   * @param signature changes with its columns and whenever its rows are written anew as a whole
   */
  private record Relation(
      String name,
      String kind,
      long oid,
      String signature,
      @Nullable String definition,
      List<String> indexes,
      List<String> required,
      boolean touched) {
    boolean isView() {
      return kind.equals("v") || kind.equals("m");
    }
  }

  /** What is on record at a publication; views that readers have as tables have copies too. */
  record Kept(
      String name,
      String kind,
      long oid,
      String signature,
      Optional<String> copy,
      Optional<String> definition,
      List<String> indexes,
      List<String> required,
      Optional<Long> published) {
    private boolean is(Relation relation) {
      return oid == relation.oid()
          && signature.equals(relation.signature())
          && !relation.touched()
          && !relation.kind().equals("p");
    }
  }

  /** Whether a publication can be restored. */
  boolean has(String publication) throws SQLException {
    return link.number("SELECT count(*) FROM " + record + " WHERE publication = ?", publication)
        > 0;
  }

  /** What a table was at a publication. */
  Optional<Kept> at(String publication, String table) throws SQLException {
    return Optional.ofNullable(all(publication).get(table));
  }

  /** Whether a published table still holds the rows that the private one has. */
  boolean same(Optional<String> base, String table, long publishedOid) throws SQLException {
    Optional<Kept> kept = base.isEmpty() ? Optional.empty() : at(base.get(), table);
    if (kept.isEmpty() || !kept.get().published().equals(Optional.of(publishedOid))) {
      return false;
    }
    boolean touched =
        link.number(
                "SELECT count(*) FROM %s WHERE relation = ?::bigint::oid"
                    .formatted(place.inPrivate(OwnTables.TOUCHED)),
                publishedOid)
            > 0;
    return !touched
        && relations().stream()
            .anyMatch(one -> one.name().equals(table) && kept.get().is(one) && !one.isView());
  }

  /**
   * Keeps what the private tables are now under a publication.
   *
   * @param base the publication before
   * @param published oids of the tables that readers have from it, by name
   * @param unchanged those of them whose rows are what they were
   */
  void keep(
      String publication, Optional<String> base, Map<String, Long> published, Set<String> unchanged)
      throws SQLException {
    Map<String, Kept> before = new HashMap<>();
    if (base.isPresent()) {
      before.putAll(all(base.get()));
    }
    link.update("DELETE FROM " + record + " WHERE publication = ?", publication);
    for (Relation relation : relations()) {
      Kept earlier = before.get(relation.name());
      boolean same = earlier != null && earlier.is(relation);
      Optional<Long> readers = Optional.ofNullable(published.get(relation.name()));
      if (earlier != null && same && readers.isEmpty()) {
        readers = earlier.published();
      }
      Optional<String> copy = earlier == null ? Optional.empty() : earlier.copy();
      if (relation.isView() && readers.isEmpty()) {
        copy = Optional.empty();
      } else if (copy.isEmpty()
          || !(relation.isView() ? unchanged.contains(relation.name()) : same)) {
        copy = Optional.of(copy(relation.name()));
      }
      write(publication, relation, copy, readers);
      if (relation.kind().equals("r")) {
        watch(place.inPrivate(relation.name()), relation.oid());
      }
    }
    for (Map.Entry<String, Long> table : published.entrySet()) {
      watch(place.inPublished(table.getKey()), table.getValue());
    }
    link.execute("DELETE FROM " + place.inPrivate(OwnTables.TOUCHED));
  }

  private String copy(String table) throws SQLException {
    String name = COPY + UUID.randomUUID().toString().replace("-", "");
    link.execute("CREATE TABLE " + place.inKept(name) + " AS TABLE " + place.inPrivate(table));
    return name;
  }

  private void write(
      String publication, Relation relation, Optional<String> copy, Optional<Long> published)
      throws SQLException {
    link.update(
        "INSERT INTO "
            + record
            + " (publication, table_name, kind, relation, signature, copy, definition, indexes,"
            + " required, published) VALUES (?, ?, ?, ?::bigint::oid, ?, ?, ?, ?, ?,"
            + " ?::bigint::oid)",
        publication,
        relation.name(),
        relation.kind(),
        relation.oid(),
        relation.signature(),
        copy,
        relation.definition(),
        relation.indexes(),
        relation.required(),
        published);
  }

  /** From now on, statements that write to the table are noted. */
  private void watch(String table, long oid) throws SQLException {
    boolean watched =
        link.number(
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = ?::bigint::oid AND tgname = ?",
                oid,
                TRIGGER)
            > 0;
    if (!watched) {
      link.execute(
          "CREATE TRIGGER %s AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION %s()"
              .formatted(TRIGGER, table, place.inPrivate(TRIGGER)));
    }
  }

  /**
   * Puts the private tables to what a publication kept; to nothing if there is none.
   *
   * @param base the publication that they build on now
   */
  void restore(Optional<String> publication, Optional<String> base) throws SQLException {
    link.execute("SET LOCAL search_path = pg_catalog");
    Map<String, Kept> wanted = publication.isEmpty() ? Map.of() : all(publication.get());
    Set<String> right = right(wanted, base.isEmpty() ? Map.of() : all(base.get()));
    drop(right);
    for (Kept kept : wanted.values()) {
      if (kept.definition().isEmpty() && !right.contains(kept.name())) {
        make(kept);
      }
    }
    restoreLoads(Optional.ofNullable(wanted.get(OwnTables.LOADS)).flatMap(Kept::copy));
    makeViews(wanted.values().stream().filter(kept -> kept.definition().isPresent()).toList());
    if (publication.isPresent()) {
      remember(publication.get());
    }
    link.execute("DELETE FROM " + place.inPrivate(OwnTables.TOUCHED));
  }

  /** Tables whose rows are those of the copy that is wanted. */
  private Set<String> right(Map<String, Kept> wanted, Map<String, Kept> base) throws SQLException {
    Set<String> right = new HashSet<>(Set.of(OwnTables.LOADS));
    for (Relation relation : relations()) {
      Kept now = base.get(relation.name());
      Kept then = wanted.get(relation.name());
      if (now != null
          && then != null
          && !relation.isView()
          && now.is(relation)
          && now.copy().equals(then.copy())) {
        right.add(relation.name());
      }
    }
    return right;
  }

  private void drop(Set<String> right) throws SQLException {
    for (Relation relation : relations()) {
      if (!right.contains(relation.name())) {
        String word =
            switch (relation.kind()) {
              case "v" -> "VIEW";
              case "m" -> "MATERIALIZED VIEW";
              default -> "TABLE";
            };
        link.execute(
            "DROP " + word + " IF EXISTS " + place.inPrivate(relation.name()) + " CASCADE");
      }
    }
  }

  private void make(Kept kept) throws SQLException {
    String table = place.inPrivate(kept.name());
    link.execute("CREATE TABLE " + table + " AS TABLE " + place.inKept(kept.copy().orElseThrow()));
    for (String column : kept.required()) {
      link.execute("ALTER TABLE " + table + " ALTER " + Sql.identifier(column) + " SET NOT NULL");
    }
    for (String index : kept.indexes()) {
      link.execute(index);
    }
    link.execute("ANALYZE " + table);
  }

  /** Rows that lie in the published tables themselves cannot go back, and so their loads stay. */
  private void restoreLoads(Optional<String> copy) throws SQLException {
    String loads = place.inPrivate(OwnTables.LOADS);
    String others = "";
    if (OwnTables.exist(link, place.publishedSchema())) {
      others =
          " WHERE table_name NOT IN (SELECT table_name FROM %s WHERE pipeline = %s)"
              .formatted(place.inPublished(OwnTables.IN_PLACE), Sql.literal(place.pipeline()));
    }
    link.execute("DELETE FROM " + loads + others);
    if (copy.isPresent()) {
      link.execute("INSERT INTO " + loads + " SELECT * FROM " + place.inKept(copy.get()) + others);
    }
  }

  /** Views may stand on each other: what cannot be made yet waits for the others. */
  private void makeViews(List<Kept> views) throws SQLException {
    List<Kept> left = new ArrayList<>(views);
    while (!left.isEmpty()) {
      int before = left.size();
      @Nullable SQLException last = null;
      for (Kept view : List.copyOf(left)) {
        link.execute("SAVEPOINT one_view");
        try {
          makeView(view);
          left.remove(view);
        } catch (SQLException e) {
          link.execute("ROLLBACK TO SAVEPOINT one_view");
          last = e;
        }
      }
      if (last != null && left.size() == before) {
        throw last;
      }
    }
  }

  private void makeView(Kept view) throws SQLException {
    String word = view.kind().equals("m") ? "MATERIALIZED VIEW" : "VIEW";
    link.execute(
        "CREATE %s %s AS %s"
            .formatted(word, place.inPrivate(view.name()), view.definition().orElseThrow()));
    for (String index : view.indexes()) {
      link.execute(index);
    }
  }

  /** The restored tables are what the publication kept: nothing is to be copied for them. */
  private void remember(String publication) throws SQLException {
    for (Relation relation : relations()) {
      link.update(
          "UPDATE "
              + record
              + " SET relation = ?::bigint::oid, signature = ? WHERE publication = ? AND table_name"
              + " = ?",
          relation.oid(),
          relation.signature(),
          publication,
          relation.name());
      if (relation.kind().equals("r")) {
        watch(place.inPrivate(relation.name()), relation.oid());
      }
    }
  }

  /** Forgets a publication that was undone, and those that nobody can ask for. */
  void prune(List<String> wanted) throws SQLException {
    link.update("DELETE FROM " + record + " WHERE NOT publication = ANY (?)", wanted);
    for (String copy : superfluous()) {
      link.execute("DROP TABLE " + place.inKept(copy));
    }
  }

  /** Copies that no publication on record refers to. */
  List<String> superfluous() throws SQLException {
    return link.all(
        """
        SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = ? AND relkind = 'r' AND starts_with(relname, ?)
          AND relname NOT IN (SELECT copy FROM %s WHERE copy IS NOT NULL)
        ORDER BY relname
        """
            .formatted(record),
        row -> row.getString(1),
        place.kept(),
        COPY);
  }

  /** The copies of a table, of all publications on record. */
  List<String> copies(String table) throws SQLException {
    return link.all(
        "SELECT DISTINCT copy FROM %s WHERE table_name = ? AND copy IS NOT NULL".formatted(record),
        row -> row.getString(1),
        table);
  }

  private Map<String, Kept> all(String publication) throws SQLException {
    return link
        .all(
            "SELECT table_name, kind, relation::bigint, signature, copy, definition, indexes,"
                + " required, published::bigint FROM "
                + record
                + " WHERE publication = ?",
            row ->
                new Kept(
                    row.getString(1),
                    row.getString(2),
                    row.getLong(3),
                    row.getString(4),
                    Link.text(row, 5),
                    Link.text(row, 6),
                    texts(row, 7),
                    texts(row, 8),
                    Optional.ofNullable(row.getObject(9, Long.class))),
            publication)
        .stream()
        .collect(Collectors.toMap(Kept::name, kept -> kept));
  }

  private List<Relation> relations() throws SQLException {
    return link.all(
        """
        SELECT relname, relkind, one.oid::bigint,
          md5(relfilenode || ' ' || (
            SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull),
              ',' ORDER BY attnum)
            FROM pg_attribute WHERE attrelid = one.oid AND attnum > 0 AND NOT attisdropped)),
          CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(one.oid) END,
          ARRAY(SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = one.oid
            ORDER BY indexrelid),
          ARRAY(SELECT attname::text FROM pg_attribute
            WHERE attrelid = one.oid AND attnum > 0 AND attnotnull AND NOT attisdropped),
          EXISTS (SELECT 1 FROM %s WHERE relation = one.oid)
        FROM pg_class AS one JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = ? AND relkind IN ('r', 'p', 'v', 'm') AND NOT relispartition
          AND (relname = ? OR NOT starts_with(relname, ?))
        ORDER BY one.oid
        """
            .formatted(place.inPrivate(OwnTables.TOUCHED)),
        row ->
            new Relation(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                row.getString(4),
                row.getString(5),
                texts(row, 6),
                texts(row, 7),
                row.getBoolean(8)),
        place.schema(),
        OwnTables.LOADS,
        PostgresPlace.OWN);
  }

  private static List<String> texts(ResultSet row, int column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }
}
