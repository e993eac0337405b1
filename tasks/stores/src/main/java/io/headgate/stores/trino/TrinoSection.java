package io.headgate.stores.trino;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Loan;
import io.headgate.stores.Publications;
import io.headgate.stores.Session;
import io.headgate.stores.section.HeldSection;
import io.headgate.stores.section.Lease;
import io.headgate.stores.section.Section;
import io.headgate.stores.section.Turns;
import io.headgate.stores.trino.Together.Later;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The section of a private schema. What is on record about it lies beside the lease; one thread,
 * session or loan at a time works in it.
 */
final class TrinoSection extends HeldSection {
  private final TrinoPlace place;
  private final Turns turns = new Turns();
  private Section section = Section.NEW;
  private TrinoLoads.@Nullable Known loads;
  private @Nullable Look look;

  TrinoSection(TrinoPlace place, String runId, Lease lease) {
    super(place, runId, lease);
    this.place = place;
  }

  TrinoPlace trinoPlace() {
    return place;
  }

  String run() {
    return runId();
  }

  /** Makes sure that the lease still stands. */
  void check() {
    lease().check();
  }

  Turns turns() {
    return turns;
  }

  synchronized TrinoLoads.Known loads(Trino trino) {
    if (loads == null) {
      try {
        loads = TrinoLoads.read(trino, new OwnTables(trino, place), place.privately());
      } catch (SQLException e) {
        throw place.failure("read the loads of " + place.describe(), e);
      }
    }
    return loads;
  }

  @Override
  protected Section section() {
    return section;
  }

  void write(Section next) throws IOException {
    check();
    place.kept().write(next);
    section = next;
  }

  @Override
  protected String schema() {
    return place.privately();
  }

  @Override
  protected boolean open(TaskContext context)
      throws SQLException, IOException, InterruptedException {
    Optional<Section> recorded = place.kept().section();
    Trino trino = place.open();
    boolean passed = false;
    try {
      boolean left =
          recorded.isPresent()
              && recorded.get().state() == Section.State.WORKING
              && !recorded.get().worksFor(runId());
      if (left) {
        look = new Look(trino, place);
      }
      boolean there = new OwnTables(trino, place).migrate(place.privately());
      passed = left;
      if (there && recorded.isPresent()) {
        section = recorded.get();
        return true;
      }
    } finally {
      if (!passed) {
        look = null;
        trino.close();
      }
    }
    restore(context);
    return false;
  }

  /** What a restore that is likely wants to know, asked for while other things are. */
  private static final class Look implements AutoCloseable {
    private final Trino trino;
    private final Later<Optional<PublicationLog.Entry>> newest;
    private final Later<Map<String, Boolean>> present;

    Look(Trino trino, TrinoPlace place) {
      this.trino = trino;
      this.newest = Together.later(new PublicationLog(place, trino)::newestStanding);
      this.present = Together.later(() -> new TrinoTables(trino, place).list(place.privately()));
    }

    @Override
    public void close() throws SQLException {
      trino.close();
    }
  }

  /** The look taken when the section was opened, unless the tables were changed since. */
  private Look look() throws SQLException {
    Look taken = look;
    look = null;
    return taken == null ? new Look(place.open(), place) : taken;
  }

  private void dropLook() throws SQLException {
    if (look != null) {
      look.close();
      look = null;
    }
  }

  @Override
  protected void settleTransaction() throws SQLException, IOException, InterruptedException {
    Optional<Change> left = Change.left(place);
    boolean publishing =
        section.state() == Section.State.PUBLISHING
            || section.state() == Section.State.ROLLING_BACK;
    if (left.isEmpty() && !publishing) {
      return;
    }
    check();
    dropLook();
    try (Trino trino = place.open()) {
      if (left.isPresent()) {
        Change change = left.get();
        boolean done =
            change.committed()
                || TrinoLoads.committed(
                    trino, new OwnTables(trino, place), place.privately(), change.token());
        if (done) {
          change.finish(trino);
        } else {
          change.undo(trino);
        }
        forgetLoads();
      }
      if (publishing) {
        new Sequence(this, trino).rollForward();
      }
    }
  }

  private synchronized void forgetLoads() {
    loads = null;
  }

  /** Marks the section as the run's own before it may change the private tables. */
  void working() throws SQLException, IOException, InterruptedException {
    settleTransaction();
    dropLook();
    if (section.state() != Section.State.WORKING || !section.worksFor(runId())) {
      write(section.working(runId()));
    }
  }

  @Override
  protected Session session(TaskContext context) throws InterruptedException {
    turns.acquire();
    boolean opened = false;
    try {
      working();
      Session session = new TrinoSession(this, place.open(), context);
      opened = true;
      return session;
    } catch (SQLException e) {
      throw place.failure("open " + place.describe(), e);
    } catch (IOException e) {
      throw TrinoFailures.of("open " + place.describe(), e);
    } finally {
      if (!opened) {
        turns.release();
      }
    }
  }

  @Override
  protected Loan lend(TaskContext context) throws InterruptedException {
    turns.acquire();
    boolean lent = false;
    try {
      working();
      lent = true;
      return new TrinoLoan(this);
    } catch (SQLException e) {
      throw place.failure("lend " + place.describe(), e);
    } catch (IOException e) {
      throw TrinoFailures.of("lend " + place.describe(), e);
    } finally {
      if (!lent) {
        turns.release();
      }
    }
  }

  @Override
  protected Publications publications(TaskContext context) {
    return new TrinoPublications(this, context);
  }

  @Override
  protected TaskFailure failure(String what, SQLException error) {
    return place.failure(what, error);
  }

  @Override
  protected TaskFailure failure(String what, IOException error) {
    return TrinoFailures.of(what, error);
  }

  /** The private tables are what another publication made, or nothing. */
  void restored(Optional<String> publication) throws IOException {
    forgetLoads();
    write(Section.NEW.clean(publication));
    begunAnew();
  }

  @Override
  protected void restore(TaskContext context)
      throws SQLException, IOException, InterruptedException {
    check();
    place.kept().delete(Sequence.DOCUMENT);
    try (Look now = look()) {
      Trino trino = now.trino;
      Optional<Change> left = Change.left(place);
      if (left.isPresent()) {
        left.get().finish(trino);
      }
      PublicationLog log = new PublicationLog(place, trino);
      Optional<PublicationLog.Entry> newest = now.newest.result();
      new PrivateTables(place, trino)
          .restore(
              newest.map(entry -> log.privateTables(entry.id())), now.present.result(), context);
      restored(newest.map(PublicationLog.Entry::id));
    }
  }
}
