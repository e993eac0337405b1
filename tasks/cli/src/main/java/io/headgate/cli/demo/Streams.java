package io.headgate.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The streams of the month, one after the other; nothing is held. No two streams begin in the same
 * millisecond, except for the few that are planned by hand for the outage and the last 7 days.
 */
final class Streams {
  /** Takes the streams in the order of the file. */
  interface Sink {
    void stream(int movie, int user, double megabytes, long start, long end);
  }

  /** A stream that is planned by hand. */
  private record Planned(int movie, int user, long start, long end) {}

  static final long OUTAGE_START = Month.at(25, 7, 0, 0, 0);
  static final long OUTAGE_END = Month.at(25, 12, 0, 0, 0);
  static final long LAST_DAYS_START = Month.at(24, 23, 59, 59, 0);

  /** Users below this number have planned streams only. */
  static final int PLANNED_USERS = 40;

  private static final int OUTAGE_MOVIE = Catalogue.STREAMED / 2;
  private static final int EVERY = 89;

  private final List<Catalogue.Movie> movies;
  private final long count;
  private final int users;
  private final Random random;
  private final double median;
  private final int affected;

  /**
   * @param count even
   */
  Streams(List<Catalogue.Movie> movies, long count, int users, long seed) {
    this.movies = movies;
    this.count = count;
    this.users = users;
    this.random = new Random(seed ^ 0x5DEECE66DL);
    // Not halfway between two answers of two digits, so that an approximate median may answer too.
    this.median = 840 + 10 * random.nextInt(30) + random.nextInt(4);
    this.affected = 3 + random.nextInt(9);
  }

  /** MB; half of the streams are smaller and half are larger, the two next to it equally far. */
  double median() {
    return median;
  }

  /** Users whose stream of the movie begins or ends in the outage. */
  int affected() {
    return affected;
  }

  void each(Sink sink) {
    List<Planned> planned = planned();
    long stride = Month.LENGTH / count;
    long step = coprime(2_654_435_761L % count, count);
    int next = 0;
    for (long i = 0; i < count; i++) {
      double megabytes = megabytes(i);
      if (i % EVERY == 0 && next < planned.size()) {
        Planned stream = planned.get(next++);
        sink.stream(stream.movie, stream.user, megabytes, stream.start, stream.end);
        continue;
      }
      int user = PLANNED_USERS + random.nextInt(users - PLANNED_USERS);
      long start = i * step % count * stride + (long) (random.nextDouble() * stride);
      long end = start + (long) (random.nextDouble() * Month.DAY);
      int movie = random.nextInt(Catalogue.STREAMED);
      if (movie == OUTAGE_MOVIE && nearOutage(start, end)) {
        movie = 0;
      }
      if (disputed(movie, start, end)) {
        end += Month.MINUTE;
      }
      sink.stream(movie, user, megabytes, start, end);
    }
  }

  private double megabytes(long i) {
    if (i < 2) {
      return i == 0 ? median - 0.125 : median + 0.125;
    }
    double share = random.nextDouble();
    return i % 2 == 0 ? 1 + share * (median - 1.25) : median + 0.25 + share * 2400;
  }

  /** Begins or ends so close to the outage that a mistaken offset of an hour would tell. */
  private static boolean nearOutage(long start, long end) {
    long from = OUTAGE_START - 2 * Month.HOUR;
    long to = OUTAGE_END + 2 * Month.HOUR;
    return (start >= from && start <= to) || (end >= from && end <= to);
  }

  /** Half of an odd length: one may round it down or not, so no stream ends in that minute. */
  private boolean disputed(int movie, long start, long end) {
    int minutes = movies.get(movie).minutes();
    return minutes % 2 == 1 && (end - start) / Month.MINUTE == minutes / 2;
  }

  private List<Planned> planned() {
    List<Planned> planned = new ArrayList<>();
    for (int user = 0; user < affected; user++) {
      long inside = OUTAGE_START + Month.MINUTE * (10 + 20L * user);
      long before = OUTAGE_START - Month.HOUR * (2 + user);
      long after = OUTAGE_END + Month.HOUR * (2 + user);
      planned.add(
          switch (user % 3) {
            case 0 -> outage(user, inside, after);
            case 1 -> outage(user, before, inside);
            default -> outage(user, OUTAGE_END, after);
          });
      if (user % 2 == 0) {
        planned.add(outage(user, before + 1, OUTAGE_START));
      }
    }
    int user = affected;
    planned.add(outage(user++, OUTAGE_START - Month.HOUR, OUTAGE_END + Month.HOUR + 1));
    planned.add(outage(user++, OUTAGE_END + Month.HOUR / 2, OUTAGE_END + 5 * Month.HOUR));
    planned.add(outage(user++, OUTAGE_END + 1, OUTAGE_END + 3 * Month.HOUR));
    planned.add(new Planned(0, user++, OUTAGE_START, OUTAGE_END));
    long half = movies.get(1).minutes() / 2 * Month.MINUTE + Month.MINUTE;
    long later = LAST_DAYS_START + 2 * Month.DAY;
    planned.add(new Planned(1, user++, LAST_DAYS_START, LAST_DAYS_START + 5 * Month.HOUR));
    planned.add(new Planned(1, user++, LAST_DAYS_START - 1, LAST_DAYS_START + 5 * Month.HOUR));
    planned.add(new Planned(1, user++, later, later + half));
    planned.add(new Planned(1, user, later, later + half - 2 * Month.MINUTE - 1));
    return planned;
  }

  private static Planned outage(int user, long start, long end) {
    return new Planned(OUTAGE_MOVIE, user, start, end);
  }

  private static long coprime(long candidate, long count) {
    long step = Math.max(1, candidate);
    while (java.math.BigInteger.valueOf(step).gcd(java.math.BigInteger.valueOf(count)).intValue()
        != 1) {
      step++;
    }
    return step;
  }
}
