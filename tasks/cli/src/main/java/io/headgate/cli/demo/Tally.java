package io.headgate.cli.demo;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.BitSet;
import java.util.List;

/** Counts, while the streams go by, what was not fixed beforehand. Memory: two bits a user. */
final class Tally implements Streams.Sink {
  private final List<Catalogue.Movie> movies;
  private final BitSet watched = new BitSet();
  private long hours;
  private long streams;

  Tally(List<Catalogue.Movie> movies) {
    this.movies = movies;
  }

  @Override
  public void stream(int movie, int user, double megabytes, long start, long end) {
    streams++;
    hours += (end - start) / Month.HOUR;
    long minutes = (end - start) / Month.MINUTE;
    if (start >= Streams.LAST_DAYS_START && minutes >= movies.get(movie).minutes() / 2) {
      watched.set(user);
    }
  }

  BigDecimal averageHours() {
    return BigDecimal.valueOf(hours).divide(BigDecimal.valueOf(streams), 3, RoundingMode.HALF_UP);
  }

  long usersWatched() {
    return watched.cardinality();
  }
}
