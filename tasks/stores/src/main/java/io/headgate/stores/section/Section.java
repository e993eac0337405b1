package io.headgate.stores.section;

import io.headgate.api.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is on record about the private tables. Lies where the store commits it: beside them, or with
 * the lease.
 *
 * @param run the run that works on them, or worked last
 * @param base the publication that the private tables build on; after a clean end, what they are
 * @param token names the publication that is, or was, under way
 * @param goal the publication that a rollback leads to; empty when it leads to nothing
 */
public record Section(
    Optional<String> run,
    State state,
    Optional<String> base,
    Optional<String> token,
    Optional<String> goal) {
  /** How far the private tables are. */
  public enum State {
    /** The private tables are what {@code base} published. */
    CLEAN,
    /** A run changes the private tables. */
    WORKING,
    /** A publication is under way; the published side knows whether it happened. */
    PUBLISHING,
    /** The rollback of {@code base} is under way; the published side knows whether it happened. */
    ROLLING_BACK
  }

  /** Before the first run. */
  public static final Section NEW =
      new Section(
          Optional.empty(), State.CLEAN, Optional.empty(), Optional.empty(), Optional.empty());

  /** The run changes the private tables. */
  public Section working(String run) {
    return new Section(Optional.of(run), State.WORKING, base, Optional.empty(), Optional.empty());
  }

  /** The same run publishes. */
  public Section publishing(String token) {
    return new Section(run, State.PUBLISHING, base, Optional.of(token), Optional.empty());
  }

  /** A publication is undone. */
  public Section rollingBack(String publication, Optional<String> goal) {
    return new Section(run, State.ROLLING_BACK, Optional.of(publication), Optional.empty(), goal);
  }

  /** The private tables are what a publication made, or nothing. */
  public Section clean(Optional<String> publication) {
    return new Section(run, State.CLEAN, publication, Optional.empty(), Optional.empty());
  }

  /** Whether the run is the one on record. */
  public boolean worksFor(String id) {
    return run.isPresent() && run.get().equals(id);
  }

  /** As JSON, for stores that keep it beside the lease. */
  public String json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("state", state.name());
    run.ifPresent(text -> json.put("run", text));
    base.ifPresent(text -> json.put("base", text));
    token.ifPresent(text -> json.put("token", text));
    goal.ifPresent(text -> json.put("goal", text));
    return Json.pretty(json);
  }

  /**
   * Reads back what {@link #json} gave.
   *
   * @throws RuntimeException when it is nothing of the kind
   */
  public static Section of(Map<String, Object> json) {
    return new Section(
        text(json, "run"),
        State.valueOf(String.valueOf(json.get("state"))),
        text(json, "base"),
        text(json, "token"),
        text(json, "goal"));
  }

  private static Optional<String> text(Map<String, Object> json, String key) {
    return Optional.ofNullable(json.get(key)).map(String::valueOf);
  }
}
