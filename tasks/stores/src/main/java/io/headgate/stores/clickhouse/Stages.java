package io.headgate.stores.clickhouse;

import java.sql.SQLException;
import java.util.UUID;

/** Names of tables that wait in the private database to be exchanged, or were. */
final class Stages {
  private final String database;
  private final String token = UUID.randomUUID().toString().substring(0, 8);
  private int count;

  Stages(String database) {
    this.database = database;
  }

  String database() {
    return database;
  }

  /** A name that nobody uses. */
  String next() {
    return OwnTables.STAGE + token + "_" + count++;
  }

  /** Drops all of them; whoever holds the lease has none under way. */
  static void sweep(Link link, String database) throws SQLException {
    for (Catalog.Present one : new Catalog(link).all(database).values()) {
      if (one.name().startsWith(OwnTables.STAGE)) {
        KeptTables.drop(link, one);
      }
    }
  }

  /** Drops those of this object. */
  void drop(Link link) throws SQLException {
    for (Catalog.Present one : new Catalog(link).all(database).values()) {
      if (one.name().startsWith(OwnTables.STAGE + token)) {
        KeptTables.drop(link, one);
      }
    }
  }
}
