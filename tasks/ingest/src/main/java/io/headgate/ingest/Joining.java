package io.headgate.ingest;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.source.Fetched;
import io.headgate.stores.LandedTable;
import io.headgate.stores.Sql;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.duckdb.DuckDb;
import io.headgate.stores.duckdb.ParquetFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Puts the landing of a table together from those of its shares: what a step that is not spread
 * would have landed from the same input, with the same load id.
 */
final class Joining {
  private final TaskContext context;
  private final Statements statements;

  Joining(TaskContext context, Statements statements) {
    this.context = context;
    this.statements = statements;
  }

  /**
   * A share, and where it has been landed.
   *
   * @param found nothing when it is not there any more, or what was landed is another share
   */
  private record Piece(
      String slice,
      SliceRecord record,
      LandingZone zone,
      DeadLetterFile letters,
      Optional<Landed> found) {
    Landed landed() {
      return found.orElseThrow();
    }

    void remove() {
      zone.remove();
      letters.remove();
    }
  }

  /**
   * The landing of a table; nothing, with a line in the log, when it has to be read again.
   *
   * @param records of slices, by name
   */
  Optional<Slices.Slice> join(TableSpec table, List<Share> shares, Map<String, SliceRecord> records)
      throws InterruptedException {
    List<Piece> pieces = new ArrayList<>();
    for (Share share : shares) {
      if (records.containsKey(share.name())) {
        pieces.add(piece(table, share, Objects.requireNonNull(records.get(share.name()))));
      }
    }
    Optional<Slices.Slice> joined = join(table, shares.size(), pieces);
    pieces.forEach(Piece::remove);
    return joined;
  }

  private Optional<Slices.Slice> join(TableSpec table, int shares, List<Piece> pieces)
      throws InterruptedException {
    if (pieces.size() < shares) {
      return unfit(
          table, "%d of %d slices have not landed".formatted(shares - pieces.size(), shares));
    }
    Optional<Fetched> fetched =
        pieces.stream()
            .map(piece -> piece.record().fetched())
            .flatMap(Optional::stream)
            .reduce(Joining::plus);
    TableLoad.Identity identity =
        TableLoad.Identity.of(
            context,
            table,
            all(pieces, SliceRecord::names),
            all(pieces, SliceRecord::hashes),
            Set.of(),
            fetched);
    LandingZone zone = LandingZone.of(context, table.name(), identity.loadId());
    Optional<Landed> before = zone.find(table, identity.plan());
    if (before.isPresent()) {
      return Optional.of(Slices.Slice.of(before.get(), fetched));
    }
    Optional<String> fault = fault(table, pieces, fetched.isPresent());
    if (fault.isPresent()) {
      return unfit(table, fault.get());
    }
    Landed landed = join(table, identity, zone, pieces);
    context.log().info("%s: put together from %d slices".formatted(table.name(), shares));
    return Optional.of(Slices.Slice.of(landed, fetched));
  }

  private Optional<Slices.Slice> unfit(TableSpec table, String why) {
    context.log().warn(table.name() + ": " + why + "; it is read here");
    return Optional.empty();
  }

  private Piece piece(TableSpec table, Share share, SliceRecord record) {
    TableLoad.Identity identity = record.identity(context, table).of(share);
    LandingZone zone = LandingZone.of(context, table.name(), identity.loadId());
    DeadLetterFile letters = DeadLetterFile.of(context, table.name(), identity.loadId());
    Optional<Landed> found =
        zone.find(table, identity.plan())
            .filter(landed -> landed.rejectedRows() == 0 || letters.exists());
    return new Piece(share.name(), record, zone, letters, found);
  }

  private static List<String> all(List<Piece> pieces, Function<SliceRecord, List<String>> what) {
    return pieces.stream().map(Piece::record).map(what).flatMap(List::stream).toList();
  }

  /** Why shares do not come to what the whole would come to. */
  private static Optional<String> fault(TableSpec table, List<Piece> pieces, boolean sourced) {
    Optional<Piece> gone = pieces.stream().filter(piece -> piece.found().isEmpty()).findFirst();
    if (gone.isPresent()) {
      return Optional.of("what slice " + gone.get().slice() + " landed is gone");
    }
    Map<String, String> columns = columns(pieces);
    boolean agree =
        table.contract().isPresent()
            ? pieces.stream().allMatch(piece -> within(piece.landed().columns(), columns))
            : pieces.stream().allMatch(piece -> same(piece.landed().columns(), columns));
    if (!agree) {
      return Optional.of(
          "its slices found other columns or types than each other (a contract would say them)");
    }
    List<String> absent = absent(pieces);
    if (!absent.isEmpty() && !Shape.nullable(table, absent)) {
      return Optional.of("no slice found \"%s\"".formatted(String.join("\", \"", absent)));
    }
    Set<String> seen = new HashSet<>();
    for (Piece piece : pieces) {
      Set<String> own = new HashSet<>(piece.record().hashes());
      if (!sourced && own.stream().anyMatch(seen::contains)) {
        return Optional.of("files of two slices have the same content");
      }
      seen.addAll(own);
    }
    return Optional.empty();
  }

  /** All columns that pieces have, with the type that the first has. */
  private static Map<String, String> columns(List<Piece> pieces) {
    Map<String, String> columns = new LinkedHashMap<>();
    pieces.forEach(piece -> piece.landed().columns().forEach(columns::putIfAbsent));
    return columns;
  }

  private static boolean within(Map<String, String> some, Map<String, String> all) {
    return all.entrySet().containsAll(some.entrySet());
  }

  private static boolean same(Map<String, String> one, Map<String, String> other) {
    return List.copyOf(one.entrySet()).equals(List.copyOf(other.entrySet()));
  }

  /** Columns of the contract that are in none of the records. */
  private static List<String> absent(List<Piece> pieces) {
    return pieces.stream()
        .map(Piece::landed)
        .filter(landed -> landed.read() > 0)
        .map(Landed::absent)
        .reduce((one, other) -> one.stream().filter(other::contains).toList())
        .orElse(List.of());
  }

  private Landed join(
      TableSpec table, TableLoad.Identity identity, LandingZone zone, List<Piece> pieces)
      throws InterruptedException {
    try {
      Path making = zone.begin(context.run().runId());
      try (Connection duck = DuckDb.open(TableLoad.reader(context, true))) {
        ParquetSink sink = new ParquetSink(making, duck, statements);
        Map<String, String> columns = columns(pieces);
        for (Piece piece : pieces) {
          piece.zone().bringHere(piece.landed());
          if (same(piece.landed().columns(), columns)) {
            adopt(piece, making, sink);
          } else {
            fill(piece, columns, sink);
          }
        }
        Landed landed = landed(table, identity, pieces, sink, duck);
        List<DeadLetterFile> letters =
            pieces.stream()
                .filter(piece -> piece.landed().rejectedRows() > 0)
                .map(Piece::letters)
                .toList();
        List<String> first =
            DeadLetterFile.of(context, table.name(), identity.loadId())
                .join(duck, statements, letters, identity.loadId());
        if (TableLoad.overBudget(landed)) {
          pieces.forEach(Piece::remove);
          throw TableLoad.refused(context, landed, first);
        }
        return zone.commit(context, landed, making, sink.parts(), files(pieces));
      }
    } catch (SQLException e) {
      throw StoreFailures.of("put together what slices landed of " + table.name(), e);
    } catch (IOException e) {
      throw StoreFailures.of("put together what slices landed of " + table.name(), e);
    }
  }

  /** A second name for each part, since a share stays whole until all of them are joined. */
  private void adopt(Piece piece, Path making, ParquetSink sink) throws IOException {
    if (piece.landed().source() instanceof LandedTable.Parquet parquet) {
      for (Path part : parquet.parts()) {
        Path copy = making.resolve("share.parquet");
        try {
          Files.createLink(copy, part);
        } catch (UnsupportedOperationException | java.nio.file.FileSystemException e) {
          Files.copy(part, copy);
        }
        sink.adopt(copy);
      }
    }
  }

  /** Writes the rows of a share anew, with nulls for columns that only other shares have. */
  private static void fill(Piece piece, Map<String, String> columns, ParquetSink sink)
      throws SQLException, InterruptedException {
    if (piece.landed().source() instanceof LandedTable.Parquet(List<Path> parts, var _)
        && !parts.isEmpty()) {
      String select =
          columns.entrySet().stream()
              .map(
                  column ->
                      piece.landed().columns().containsKey(column.getKey())
                          ? Sql.identifier(column.getKey())
                          : "CAST(NULL AS %s) AS %s"
                              .formatted(column.getValue(), Sql.identifier(column.getKey())))
              .collect(Collectors.joining(", "));
      sink.take("SELECT " + select + " FROM " + ParquetFiles.relation(parts));
    }
  }

  private Landed landed(
      TableSpec table,
      TableLoad.Identity identity,
      List<Piece> pieces,
      ParquetSink sink,
      Connection duck)
      throws SQLException, InterruptedException {
    long read = 0;
    long rows = 0;
    Map<String, Long> rejected = new TreeMap<>();
    Map<String, Long> skipped = new TreeMap<>();
    Set<String> inputs = new TreeSet<>();
    Set<String> notes = new LinkedHashSet<>();
    for (Piece piece : pieces) {
      Landed landed = piece.landed();
      read += landed.read();
      rows += landed.rows();
      landed.rejected().forEach((reason, count) -> rejected.merge(reason, count, Long::sum));
      landed.skipped().forEach((reason, count) -> skipped.merge(reason, count, Long::sum));
      inputs.addAll(landed.inputs());
      notes.addAll(landed.notes());
    }
    notes.addAll(Shape.stayNull(table, absent(pieces), "any of its files"));
    if (!table.key().isEmpty() && rows > 0) {
      long dropped = sink.dropRepeats(table.keyExpressions(""));
      if (dropped > 0) {
        skipped.merge(TableReader.REPEATED, dropped, Long::sum);
        rows -= dropped;
      }
    }
    long held =
        sink.parts().isEmpty()
            ? 0
            : statements.count(duck, "SELECT count(*) FROM " + sink.source());
    if (held != rows || read != rows + Landed.sum(rejected) + Landed.sum(skipped)) {
      throw TaskFailure.fault(
          "table %s: slices read %,d rows; %,d are there, %,d rejected and %,d skipped"
              .formatted(table.name(), read, held, Landed.sum(rejected), Landed.sum(skipped)),
          "this is a fault of Headgate; nothing was loaded",
          null);
    }
    return new Landed(
        table,
        identity.loadId(),
        identity.plan(),
        sink.landed(),
        columns(pieces),
        read,
        rows,
        rejected,
        skipped,
        List.copyOf(inputs),
        List.copyOf(notes),
        List.of());
  }

  private static List<Map<String, Object>> files(List<Piece> pieces) {
    return pieces.stream().flatMap(piece -> piece.record().fileList().stream()).toList();
  }

  private static Fetched plus(Fetched one, Fetched other) {
    Set<String> warnings = new LinkedHashSet<>(one.warnings());
    warnings.addAll(other.warnings());
    return new Fetched(
        List.of(),
        one.read() + other.read(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        one.facts(),
        List.copyOf(warnings));
  }
}
