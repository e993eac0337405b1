package io.headgate.cli.demo;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Movies, authors, books and reviews: the same at every scale. Which movies are based on books, and
 * on books by Singaporeans, is decided first; the reviews are made to say so.
 */
record Catalogue(List<Movie> movies, List<Author> authors, List<Book> books, List<Review> reviews) {

  record Movie(String title, int minutes, String language, int megabytes) {}

  /** An author; {@code first} says at which of the two places the nationality stands. */
  record Author(
      String name, LocalDate born, Optional<LocalDate> died, String nationality, boolean first) {}

  record Book(String name, int pages, String author, String publisher) {}

  /** A review; times in milliseconds since the month began. */
  record Review(
      String text,
      int rate,
      String book,
      String movie,
      boolean sentinelFirst,
      long updated,
      long created) {}

  /** The movie of the outage. */
  static final String OUTAGE_MOVIE = "Unforgiven";

  static final int MOVIES = 97;

  /** The first of the movies are streamed, the last few never. */
  static final int STREAMED = 93;

  static final int AUTHORS = 190;
  static final int BOOKS = 110;
  static final int REVIEWS = 520;
  private static final int REVIEWS_OF_STREAMED = 260;
  private static final int REVIEWS_OF_SINGAPOREANS = 16;
  private static final int STRANGERS = 8;
  private static final int SINGAPOREANS = 4;
  private static final String SINGAPORE = "Singaporeans";
  private static final List<String> NATIONALITIES =
      List.of(
          "Armenians",
          "Bolivians",
          "Chadians",
          "Danes",
          "Ecuadorians",
          "Fijians (Rotuma)",
          "Georgians",
          "Icelanders",
          "Jordanians",
          "Kenyans",
          "Laotians",
          "Maltese");
  private static final List<String> LANGUAGES =
      List.of("Amharic", "Basque", "Catalan", "Danish", "Estonian", "Finnish", "Greek", "Igbo");

  static Catalogue of(long seed) {
    return new Plan(new Random(seed)).catalogue();
  }

  /** How many streamed movies are based on books: known before a review is written. */
  static int based(long seed) {
    return new Plan(new Random(seed)).based;
  }

  /** How many streamed movies are based on books by Singaporeans. */
  static int basedOnSingaporeans(long seed) {
    return new Plan(new Random(seed)).singaporeans;
  }

  private static final class Plan {
    private final Random random;
    private final Names names;
    private final int based;
    private final int singaporeans;

    Plan(Random random) {
      this.random = random;
      this.names = new Names(random);
      this.based = 60 + random.nextInt(30);
      this.singaporeans = 2 + random.nextInt(6);
    }

    Catalogue catalogue() {
      names.reserve("end");
      List<Movie> movies = movies();
      List<Author> authors = authors();
      List<Book> books = books(authors);
      Collections.shuffle(authors, random);
      return new Catalogue(movies, authors, books, reviews(movies, books));
    }

    private List<Movie> movies() {
      List<Movie> movies = new ArrayList<>();
      for (int i = 0; i < MOVIES; i++) {
        String title = i == STREAMED / 2 ? names.reserve(OUTAGE_MOVIE) : names.title();
        movies.add(
            new Movie(
                title,
                47 + random.nextInt(112),
                names.pick(LANGUAGES),
                500 + random.nextInt(1900)));
      }
      return movies;
    }

    /** The Singaporeans come first; the file has them in another order. */
    private List<Author> authors() {
      List<Author> authors = new ArrayList<>();
      for (int i = 0; i < AUTHORS; i++) {
        LocalDate born = LocalDate.of(1920, 1, 1).plusDays(random.nextInt(29_000));
        Optional<LocalDate> died =
            Optional.of(born.plusDays(9_000 + random.nextInt(21_000)))
                .filter(day -> random.nextInt(9) > 0);
        String nationality = i < SINGAPOREANS ? SINGAPORE : names.pick(NATIONALITIES);
        authors.add(new Author(names.person(), born, died, nationality, random.nextBoolean()));
      }
      return authors;
    }

    /**
     * As many books of Singaporeans as there are of them; the last few are by authors nobody lists.
     */
    private List<Book> books(List<Author> authors) {
      List<Book> books = new ArrayList<>();
      for (int i = 0; i < BOOKS; i++) {
        String author;
        if (i < SINGAPOREANS) {
          author = authors.get(i).name();
        } else if (i >= BOOKS - STRANGERS) {
          author = names.person();
        } else {
          author = authors.get(SINGAPOREANS + random.nextInt(AUTHORS - SINGAPOREANS)).name();
        }
        String publisher = names.word() + " & " + names.word();
        books.add(new Book(names.title(), 900 + random.nextInt(8800), author, publisher));
      }
      return books;
    }

    /**
     * Two reviews or more for each streamed movie that is based on a book, others about movies that
     * are never streamed or that the catalogue does not know.
     */
    private List<Review> reviews(List<Movie> movies, List<Book> books) {
      List<Movie> based = new ArrayList<>(movies.subList(0, STREAMED));
      Collections.shuffle(based, random);
      List<Review> reviews = new ArrayList<>();
      Set<Long> moments = new HashSet<>();
      for (int i = 0; i < REVIEWS; i++) {
        int book = SINGAPOREANS + random.nextInt(BOOKS - SINGAPOREANS);
        String movie;
        if (i < REVIEWS_OF_SINGAPOREANS) {
          book = i % SINGAPOREANS;
          movie = based.get(i % singaporeans).title();
        } else if (i < REVIEWS_OF_STREAMED) {
          movie = based.get(i % this.based).title();
        } else if (i % 50 == 0) {
          book = i % SINGAPOREANS;
          movie = movies.get(STREAMED + random.nextInt(MOVIES - STREAMED)).title();
        } else {
          movie = names.title();
        }
        reviews.add(review(books.get(book).name(), movie, moments));
      }
      Collections.shuffle(reviews, random);
      return reviews;
    }

    private Review review(String book, String movie, Set<Long> moments) {
      long created;
      do {
        created = Month.moment(random);
      } while (!moments.add(created));
      return new Review(
          names.text(),
          1 + random.nextInt(5),
          book.toUpperCase(Locale.ROOT),
          movie.toUpperCase(Locale.ROOT),
          random.nextBoolean(),
          Month.moment(random),
          created);
    }
  }
}
