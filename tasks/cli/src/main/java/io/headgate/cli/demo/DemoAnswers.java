package io.headgate.cli.demo;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the six models of the reference pipeline must answer on demo data.
 *
 * @param moviesBasedOnBooks share of the streamed movies, rounded half up to 3 digits
 * @param usersAffected users whose stream began or ended in the outage
 * @param moviesBasedOnBooksBySingaporeans streamed movies
 * @param averageStreamingDuration mean of complete hours, rounded half up to 3 digits
 * @param medianStreamingSize GB of 1000 MB, rounded half up to 2 digits
 * @param usersWatched50Percent users who watched at least half of a movie in the last 7 days
 */
public record DemoAnswers(
    BigDecimal moviesBasedOnBooks,
    long usersAffected,
    long moviesBasedOnBooksBySingaporeans,
    BigDecimal averageStreamingDuration,
    BigDecimal medianStreamingSize,
    long usersWatched50Percent) {

  /** By the names of the models, in the order of the questions. */
  public Map<String, Object> byModel() {
    Map<String, Object> answers = new LinkedHashMap<>();
    answers.put("movies_based_on_books", moviesBasedOnBooks);
    answers.put("users_affected", usersAffected);
    answers.put("movies_based_on_books_by_singaporeans", moviesBasedOnBooksBySingaporeans);
    answers.put("average_streaming_duration", averageStreamingDuration);
    answers.put("median_streaming_size", medianStreamingSize);
    answers.put("users_watched_50_percent", usersWatched50Percent);
    return answers;
  }
}
