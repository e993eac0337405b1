package io.headgate.stores.clickhouse;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.stores.Loan;
import io.headgate.stores.Publications;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Session;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.section.HeldSection;
import io.headgate.stores.section.KeptSection;
import io.headgate.stores.section.Lease;
import io.headgate.stores.section.PublicationIds;
import io.headgate.stores.section.Section;
import io.headgate.stores.section.Turns;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The private database of a pipeline. ClickHouse has no transaction over several tables, so a plan
 * of what is about to be exchanged is written beside the lease first: whoever enters next takes
 * back a load that did not come to its end, and leads a publication or a rollback to theirs.
 */
final class ClickHouseSection extends HeldSection {
  private static final String LOAD = "load";
  private static final String PUBLICATION = "publication";

  private final ClickHousePlace place;
  private final KeptSection kept;
  private final Turns turns = new Turns();
  private volatile boolean swept;

  private Section section = Section.NEW;

  ClickHouseSection(ClickHousePlace place, String runId, Lease lease) {
    super(place, runId, lease);
    this.place = place;
    this.kept = place.kept();
  }

  ClickHousePlace clickHouse() {
    return place;
  }

  String run() {
    return runId();
  }

  Turns turns() {
    return turns;
  }

  /** Says that tables of a session that ended badly may be left. */
  void unswept() {
    swept = false;
  }

  /** Makes sure that nobody else works here by now. */
  void check() {
    lease().check();
  }

  Link link() throws SQLException {
    return place.open(place.secluded(), runId());
  }

  @Override
  protected Section section() {
    return section;
  }

  @Override
  protected String schema() {
    return place.secluded();
  }

  @Override
  protected boolean open(TaskContext context) throws SQLException, IOException {
    Optional<Section> known = kept.section();
    try (Link link = place.open("", runId())) {
      // What a killed process sent may still be at work.
      link.kill("startsWith(Settings['log_comment'], " + Words.literal(place.mark()) + ")", "SYNC");
      Catalog catalog = new Catalog(link);
      boolean there = catalog.has(place.secluded());
      catalog.need(place.secluded());
      OwnTables.migrate(link, place.secluded(), OwnTables.PRIVATE);
      if (known.isPresent() && there) {
        section = known.get();
        return true;
      }
      settleLoad(link);
      restore(context, link);
      return false;
    }
  }

  @Override
  protected void settleTransaction() throws SQLException, IOException {
    try (Link link = place.open("", runId())) {
      settle(link);
    }
  }

  private void settle(Link link) throws SQLException, IOException {
    settleLoad(link);
    switch (section.state()) {
      case CLEAN, WORKING -> {}
      case PUBLISHING, ROLLING_BACK -> {
        Optional<Map<String, Object>> plan = plan();
        if (plan.isPresent()) {
          finish(link, plan.get());
        } else {
          write(section.working(section.run().orElse(runId())));
        }
      }
    }
    if (!swept) {
      Stages.sweep(link, place.secluded());
      swept = true;
    }
  }

  /** The plan of the publication or rollback on record, if it was written to its end. */
  private Optional<Map<String, Object>> plan() throws IOException {
    return kept.document(PUBLICATION)
        .filter(
            one ->
                section.token().equals(Optional.ofNullable(one.get("token")).map(String::valueOf)));
  }

  private void settleLoad(Link link) throws SQLException, IOException {
    Optional<Map<String, Object>> load = kept.document(LOAD);
    if (load.isEmpty()) {
      return;
    }
    Optional<String> token = Optional.ofNullable(load.get().get("token")).map(String::valueOf);
    if (!token.equals(ClickHouseLoads.committed(link, place.secluded()))) {
      for (Switch one : Switch.list(load.get()).reversed()) {
        one.back(link);
      }
      InPlace.dropDangling(link, place);
    }
    kept.delete(LOAD);
  }

  /** Whether a plan is on record that nobody led to its end yet. */
  static boolean underWay(KeptSection kept) throws IOException {
    return kept.read(LOAD).isPresent() || kept.read(PUBLICATION).isPresent();
  }

  /** Writes down what a load is about to exchange. */
  void planLoad(String token, List<Switch> switches) throws IOException {
    kept.write(LOAD, Json.pretty(document(token, switches)));
  }

  /** The load is in the record of loads. */
  void loaded() throws IOException {
    kept.delete(LOAD);
  }

  private static Map<String, Object> document(String token, List<Switch> switches) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("token", token);
    document.put("tables", switches.stream().map(Switch::json).toList());
    return document;
  }

  /**
   * Writes down what readers are about to see, from which on it will happen, and does it.
   *
   * @param publication as it will be on record
   * @param goal of a rollback: the publication that the private tables go back to
   */
  void carryOut(
      Link link,
      String token,
      Publication publication,
      List<Switch> switches,
      Optional<String> goal)
      throws SQLException, IOException {
    Map<String, Object> plan = document(token, switches);
    plan.put("publication", PublishedRows.json(publication));
    kept.write(PUBLICATION, Json.pretty(plan));
    check();
    if (publication.rolledBackAt().isEmpty()) {
      write(section.publishing(token));
    } else {
      write(
          new Section(
              section.run(),
              Section.State.ROLLING_BACK,
              Optional.of(publication.id()),
              Optional.of(token),
              goal));
    }
    finish(link, plan);
  }

  private void finish(Link link, Map<String, Object> plan) throws SQLException, IOException {
    Publication publication = PublishedRows.publication(Json.object(plan.get("publication")));
    String token = String.valueOf(plan.get("token"));
    PublishedRows rows = new PublishedRows(place, link);
    KeptTables copies = new KeptTables(place, link);
    Map<String, String> stamps = new LinkedHashMap<>();
    for (Switch one : Switch.list(plan)) {
      one.forward(link);
      one.next().ifPresent(uuid -> stamps.put(one.table(), uuid));
    }
    boolean undone = publication.rolledBackAt().isPresent();
    if (undone) {
      copies.restore(section.goal(), new Stages(place.secluded()));
      begunAnew();
    } else {
      rows.copyQuality();
    }
    rows.write(publication, token, stamps);
    write(
        undone ? Section.NEW.clean(section.goal()) : section.clean(Optional.of(publication.id())));
    kept.delete(PUBLICATION);
    Stages.sweep(link, place.secluded());
    copies.prune(rows.list());
  }

  @Override
  protected void restore(TaskContext context) throws SQLException, IOException {
    try (Link link = place.open("", runId())) {
      restore(context, link);
    }
  }

  private void restore(TaskContext context, Link link) throws SQLException, IOException {
    Optional<String> newest =
        PublicationIds.newestStanding(new PublishedRows(place, link).list()).map(Publication::id);
    KeptTables copies = new KeptTables(place, link);
    Optional<String> from = newest;
    if (newest.isPresent() && !copies.whole(newest.get())) {
      String gone = "the private tables of publication " + newest.get() + " are gone";
      if (context.run().interval().isPresent()) {
        throw TaskFailure.configuration(
            gone
                + " from database "
                + place.copies()
                + ", and a run with an interval would publish only that",
            "run once without an interval");
      }
      context.log().warn(gone + "; beginning anew");
      from = Optional.empty();
    }
    copies.restore(from, new Stages(place.secluded()));
    Stages.sweep(link, place.secluded());
    write(Section.NEW.clean(newest));
  }

  /** Leaves the private database fit for somebody who may change it. */
  void openWorking(Link link) throws SQLException, IOException {
    settle(link);
    if (section.state() != Section.State.WORKING || !section.worksFor(runId())) {
      write(section.working(runId()));
    }
  }

  private void write(Section next) throws IOException {
    check();
    kept.write(next);
    section = next;
  }

  @Override
  protected Session session(TaskContext context) throws InterruptedException {
    turns.acquire();
    boolean opened = false;
    try {
      Link link = link();
      try {
        openWorking(link);
        Session session = new ClickHouseSession(this, link, context);
        opened = true;
        return session;
      } finally {
        if (!opened) {
          link.close();
        }
      }
    } catch (SQLException e) {
      throw failure("open the private tables of " + place.describe(), e);
    } catch (IOException e) {
      throw failure("open the private tables of " + place.describe(), e);
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
    try (Link link = link()) {
      openWorking(link);
      lent = true;
      return new ClickHouseLoan(this);
    } catch (SQLException e) {
      throw failure("lend the private tables of " + place.describe(), e);
    } catch (IOException e) {
      throw failure("lend the private tables of " + place.describe(), e);
    } finally {
      if (!lent) {
        turns.release();
      }
    }
  }

  @Override
  protected Publications publications(TaskContext context) {
    return new ClickHousePublications(this, context);
  }

  @Override
  protected TaskFailure failure(String what, SQLException error) {
    return ClickHouseFailures.of(what, error, place.server());
  }

  @Override
  protected TaskFailure failure(String what, IOException error) {
    return StoreFailures.of(what, error);
  }
}
