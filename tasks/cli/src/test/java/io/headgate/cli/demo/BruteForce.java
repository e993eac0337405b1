package io.headgate.cli.demo;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Answers the six questions from the files alone, word by word as they are asked. */
final class BruteForce {
  private static final LocalDateTime OUTAGE_START = LocalDateTime.parse("2021-12-25T07:00:00");
  private static final LocalDateTime OUTAGE_END = LocalDateTime.parse("2021-12-25T12:00:00");
  private static final LocalDateTime LAST_DAYS = LocalDateTime.parse("2021-12-24T23:59:59");

  private BruteForce() {}

  static DemoAnswers answers(Path folder) throws IOException {
    RawFiles raw = RawFiles.read(folder);
    Set<String> streamed =
        raw.streams().stream().map(s -> lower(s.movie())).collect(Collectors.toSet());
    return new DemoAnswers(
        basedOnBooks(raw, streamed),
        affected(raw),
        bySingaporeans(raw, streamed),
        hours(raw.streams()),
        gigabytes(raw.streams()),
        watched(raw));
  }

  private static BigDecimal basedOnBooks(RawFiles raw, Set<String> streamed) {
    Set<String> based =
        raw.reviews().stream().map(r -> lower(movie(r))).collect(Collectors.toSet());
    based.retainAll(streamed);
    return new BigDecimal(based.size())
        .divide(new BigDecimal(streamed.size()), 3, RoundingMode.HALF_UP);
  }

  private static long affected(RawFiles raw) {
    return raw.streams().stream()
        .filter(s -> lower(s.movie()).equals("unforgiven"))
        .filter(s -> inOutage(s.start()) || inOutage(s.end()))
        .map(RawFiles.Stream::user)
        .distinct()
        .count();
  }

  private static boolean inOutage(LocalDateTime time) {
    return !time.isBefore(OUTAGE_START) && !time.isAfter(OUTAGE_END);
  }

  private static long bySingaporeans(RawFiles raw, Set<String> streamed) {
    Set<String> authors = new TreeSet<>();
    for (RawFiles.Author author : raw.authors()) {
      if (author.slugs().contains("singaporeans")) {
        author.name().map(BruteForce::lower).ifPresent(authors::add);
      }
    }
    Map<String, String> authorOf = new HashMap<>();
    raw.authorOfBook().forEach((book, author) -> authorOf.put(lower(book), lower(author)));
    return raw.reviews().stream()
        .filter(review -> authors.contains(authorOf.getOrDefault(lower(review.book()), "")))
        .map(review -> lower(movie(review)))
        .filter(streamed::contains)
        .distinct()
        .count();
  }

  private static BigDecimal hours(List<RawFiles.Stream> streams) {
    long hours = 0;
    for (RawFiles.Stream stream : streams) {
      hours += ChronoUnit.HOURS.between(stream.start(), stream.end());
    }
    return new BigDecimal(hours).divide(new BigDecimal(streams.size()), 3, RoundingMode.HALF_UP);
  }

  private static BigDecimal gigabytes(List<RawFiles.Stream> streams) {
    double[] sizes = streams.stream().mapToDouble(RawFiles.Stream::megabytes).sorted().toArray();
    double median = (sizes[(sizes.length - 1) / 2] + sizes[sizes.length / 2]) / 2;
    return BigDecimal.valueOf(median).divide(new BigDecimal(1000), 2, RoundingMode.HALF_UP);
  }

  private static long watched(RawFiles raw) {
    return raw.streams().stream()
        .filter(s -> !s.start().isBefore(LAST_DAYS))
        .filter(
            s ->
                ChronoUnit.MINUTES.between(s.start(), s.end())
                    >= raw.minutes().getOrDefault(s.movie(), Integer.MAX_VALUE) / 2.0)
        .map(RawFiles.Stream::user)
        .distinct()
        .count();
  }

  private static String movie(RawFiles.Review review) {
    return review.movies().stream().filter(title -> !title.equals("end")).findFirst().orElseThrow();
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
