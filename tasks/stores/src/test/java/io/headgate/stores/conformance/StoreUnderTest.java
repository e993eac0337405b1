package io.headgate.stores.conformance;

import io.headgate.stores.ServerCleaning.Place;
import io.headgate.stores.ServerCleaning.Target;
import io.headgate.stores.Session;
import io.headgate.testing.TestContext;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A store that runs the conformance suite. Made anew for each test and in each child process, from
 * the same two arguments.
 */
public abstract class StoreUnderTest {
  protected final Path project;
  protected final String schema;

  /** A public constructor of each subclass takes the same. */
  protected StoreUnderTest(Path project, String schema) {
    this.project = project;
    this.schema = schema;
  }

  /** Why it cannot run here, if it cannot. */
  public Optional<String> missing() {
    return Optional.empty();
  }

  /** A step of a run with a journal, on a published schema of that name. */
  public abstract TestContext context(String runId);

  /** The full name of a published table for readers. */
  public abstract String published(String table);

  /** A reader's own connection. */
  public abstract Connection reader() throws SQLException;

  /** Whether readers see all tables of a publication at once, or each for itself. */
  public boolean publishesTogether() {
    return true;
  }

  /** Whether a reader's error only says that there is nothing to read yet or just now. */
  public abstract boolean nothingThere(SQLException error);

  /** Whether a reader's error only says that the server is away. */
  public boolean isAway(SQLException error) {
    return false;
  }

  /** Takes away what the test left in the store. */
  public void clean() throws SQLException {}

  /** Where {@code headgate clean} finds what a context's pipeline left. */
  public static Place place(TestContext context) {
    return new Place(
        context.warehouse(),
        context.run().pipeline(),
        context.projectDirectory(),
        Target.of(
            context.run().target(),
            context.state(),
            context.landing(),
            context.storage(),
            context::connection));
  }

  /** What a reader sees. */
  public final List<String> seen(String query) throws SQLException {
    try (Connection connection = reader()) {
      return rows(connection, query);
    }
  }

  /** What a session sees. */
  public static List<String> rows(Session session, String query) throws SQLException {
    return rows(session.jdbc(), query);
  }

  /** Values joined by bars. */
  public static List<String> rows(Connection connection, String query) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          values.add(String.valueOf(rows.getString(i)));
        }
        found.add(String.join("|", values));
      }
    }
    return found;
  }
}
