package io.headgate.model;

import io.headgate.model.bind.Nearest;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * When something runs: five cron fields (minute, hour, day of month, month, weekday), each {@code
 * *}, a number or name, a range, a step, or a list of these.
 */
public record Cron(String text) {
  private static final Map<String, String> PRESETS =
      Map.of(
          "hourly", "0 * * * *",
          "daily", "0 0 * * *",
          "weekly", "0 0 * * 0",
          "monthly", "0 0 1 * *",
          "yearly", "0 0 1 1 *");
  private static final List<Field> FIELDS =
      List.of(
          new Field("minute", 0, 59, List.of()),
          new Field("hour", 0, 23, List.of()),
          new Field("day of month", 1, 31, List.of()),
          new Field(
              "month",
              1,
              12,
              List.of(
                  "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
                  "dec")),
          new Field("weekday", 0, 7, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat")));
  private static final int[] LONGEST = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

  public Cron {
    String[] parts = text.split(" ", -1);
    if (parts.length != FIELDS.size()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a schedule; write five cron fields such as \"0 6 * * *\"");
    }
    BitSet[] values = new BitSet[parts.length];
    for (int i = 0; i < parts.length; i++) {
      values[i] = FIELDS.get(i).values(parts[i]);
    }
    if (parts[4].equals("*") && !someDay(values[2], values[3])) {
      throw new IllegalArgumentException(
          "\"" + text + "\" names a day that none of its months has");
    }
  }

  /** Reads five fields, or a preset such as {@code daily} or {@code @daily}. */
  public static Cron parse(String text) {
    String trimmed = text.strip().replaceAll("\\s+", " ");
    String preset = trimmed.startsWith("@") ? trimmed.substring(1) : trimmed;
    Optional<String> known = Optional.ofNullable(PRESETS.get(preset));
    if (known.isEmpty() && !trimmed.contains(" ")) {
      String hint = Nearest.hint(preset, PRESETS.keySet());
      throw new IllegalArgumentException(
          "\"%s\" is not a schedule; %s"
              .formatted(
                  text,
                  hint.isEmpty()
                      ? "write five cron fields such as \"0 6 * * *\", or daily"
                      : hint));
    }
    return new Cron(known.orElse(trimmed));
  }

  private static boolean someDay(BitSet days, BitSet months) {
    return months.stream().anyMatch(month -> days.nextSetBit(0) <= LONGEST[month - 1]);
  }

  @Override
  public String toString() {
    return text;
  }

  private record Field(String name, int least, int most, List<String> names) {
    BitSet values(String text) {
      BitSet values = new BitSet();
      for (String item : text.split(",", -1)) {
        String[] step = item.split("/", -1);
        if (step.length > 2) {
          throw wrong(item);
        }
        int by = step.length == 2 ? number(step[1], item) : 1;
        String[] range = step[0].split("-", -1);
        int from = least;
        int to = most;
        if (range.length == 2) {
          from = number(range[0], item);
          to = number(range[1], item);
        } else if (range.length > 2) {
          throw wrong(item);
        } else if (!step[0].equals("*")) {
          from = number(step[0], item);
          to = step.length == 2 ? most : from;
        }
        if (by < 1 || by > most || from < least || to > most || from > to) {
          throw wrong(item);
        }
        for (int value = from; value <= to; value += by) {
          values.set(value);
        }
      }
      return values;
    }

    private int number(String text, String item) {
      int named = names.indexOf(text.toLowerCase(java.util.Locale.ROOT));
      if (named >= 0) {
        return named + least;
      }
      if (!text.matches("\\d{1,2}")) {
        throw wrong(item);
      }
      return Integer.parseInt(text);
    }

    private IllegalArgumentException wrong(String item) {
      return new IllegalArgumentException(
          "\"%s\" is not a %s; write %d to %d, a range, a list, */n or *"
              .formatted(item, name, least, most));
    }
  }
}
