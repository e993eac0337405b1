package io.headgate.stores.objects;

import io.headgate.api.json.Json;
import io.headgate.stores.section.Holder;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The content of a lease's object.
 *
 * @param token grows with every taking
 * @param taking tells one taking from every other
 * @param beat grows with every sign of life, so that no two contents are equal
 * @param held false after the holder let go
 * @param expiry from the last write on, by the store's clock
 * @param holder who has it, or had it last
 */
record LeaseRecord(
    long token, String taking, long beat, boolean held, Duration expiry, Optional<Holder> holder) {
  /** What clocks of whole seconds leave unknown. */
  private static final Duration MARGIN = Duration.ofSeconds(2);

  LeaseRecord beaten() {
    return new LeaseRecord(token, taking, beat + 1, held, expiry, holder);
  }

  LeaseRecord released(Optional<Holder> last) {
    return new LeaseRecord(token, taking, beat + 1, false, expiry, last);
  }

  /** Whether somebody who found it may take it. */
  boolean free(Instant written, Instant now) {
    return ends(written, now).isEmpty();
  }

  /** Until when somebody who found it must leave it alone; empty when it is free. */
  Optional<Instant> ends(Instant written, Instant now) {
    Instant end = written.plus(expiry).plus(MARGIN);
    boolean over = !held || now.isAfter(end) || holder.map(Holder::dead).orElse(false);
    return over ? Optional.empty() : Optional.of(end);
  }

  String json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("token", token);
    json.put("taking", taking);
    json.put("beat", beat);
    json.put("held", held);
    json.put("expiry_seconds", expiry.toSeconds());
    holder.ifPresent(who -> json.put("holder", Json.parse(who.json())));
    return Json.pretty(json);
  }

  /**
   * Reads back what {@link #json} gave.
   *
   * @throws RuntimeException when it is nothing of the kind
   */
  static LeaseRecord of(String text) {
    Map<String, Object> json = Json.object(Json.parse(text));
    return new LeaseRecord(
        number(json, "token"),
        String.valueOf(json.get("taking")),
        number(json, "beat"),
        Boolean.TRUE.equals(json.get("held")),
        Duration.ofSeconds(number(json, "expiry_seconds")),
        Optional.ofNullable(json.get("holder")).map(Json::object).map(Holder::of));
  }

  private static long number(Map<String, Object> json, String key) {
    if (json.get(key) instanceof Number number) {
      return number.longValue();
    }
    throw new IllegalArgumentException("no " + key);
  }
}
