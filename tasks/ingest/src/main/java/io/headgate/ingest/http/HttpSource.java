package io.headgate.ingest.http;

import io.headgate.api.Connection;
import io.headgate.api.ExitCode;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.source.CursorConfig;
import io.headgate.ingest.source.Fetched;
import io.headgate.ingest.source.PageConfig;
import io.headgate.ingest.source.Source;
import io.headgate.ingest.source.SourceConfig;
import io.headgate.ingest.source.Wanted;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.objects.ObjectStore;
import io.headgate.stores.objects.ObjectStores;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Pages of JSON from an HTTP API. Each page is on disk, and in a journal, before the next one is
 * asked for: another try of the same run goes on behind the last.
 */
public final class HttpSource implements Source {
  /** How many fields a message names at most. */
  private static final int NAMED = 30;

  private final Requests requests;
  private final TaskContext context;
  private final String name;
  private final Optional<ObjectStore> kept;

  private HttpSource(
      String name, Requests requests, TaskContext context, Optional<ObjectStore> kept) {
    this.kept = kept;
    this.name = name;
    this.requests = requests;
    this.context = context;
  }

  public static HttpSource open(Connection connection, TaskContext context) {
    return new HttpSource(
        connection.name(),
        new Requests(connection, context.projectDirectory(), context.log()),
        context,
        kept(context));
  }

  /** Where the step's pages are kept when this machine's disk may go with it. */
  private static Optional<ObjectStore> kept(TaskContext context) {
    return context.state() instanceof StoragePlace.Bucket bucket
        ? Optional.of(
            ObjectStores.open(
                context, bucket.resolve("sources", context.run().runId(), context.step())))
        : Optional.empty();
  }

  @Override
  public Fetched fetch(Wanted wanted) throws InterruptedException {
    if (!(wanted.what() instanceof SourceConfig.Pages pages)) {
      throw TaskFailure.configuration(
          "table %s: an HTTP API has no tables".formatted(wanted.name()), "write path:");
    }
    Optional<String> from = from(wanted);
    Map<String, String> parameters = new LinkedHashMap<>(pages.parameters());
    from.ifPresent(
        value ->
            parameters.put(wanted.cursor().flatMap(CursorConfig::parameter).orElseThrow(), value));
    PageConfig page = pages.page().orElse(null);
    if (page != null && page.size().isPresent() && page.sizeParameter().isPresent()) {
      parameters.put(page.sizeParameter().get(), String.valueOf(page.size().get()));
    }
    PageJournal journal =
        PageJournal.open(
            wanted.folder(),
            request(wanted, pages, parameters),
            kept.map(store -> new KeptPages(store, wanted.name() + "/")));
    if (!journal.pages().isEmpty() && !journal.done()) {
      context
          .log()
          .info("%s: goes on behind page %d".formatted(wanted.name(), journal.pages().size()));
    }
    while (!journal.done()) {
      if (journal.pages().size() >= pages.maxPages()) {
        throw TaskFailure.blocked(
            "table %s: there are more than %,d pages".formatted(wanted.name(), pages.maxPages()),
            "raise max_pages, or correct page:");
      }
      take(wanted, pages, Optional.ofNullable(page), parameters, journal);
      context.log().progress("pages of " + wanted.name(), journal.pages().size(), -1);
    }
    return fetched(wanted, pages, from, journal);
  }

  private Fetched fetched(
      Wanted wanted, SourceConfig.Pages pages, Optional<String> from, PageJournal journal) {
    refuseUnknownCursor(wanted, journal);
    Optional<String> cursor = wanted.cursor().isPresent() ? wanted.last() : Optional.empty();
    for (PageJournal.Entry page : journal.pages()) {
      if (page.greatest().isPresent()) {
        String seen = page.greatest().get();
        cursor = Optional.of(cursor.map(most -> CursorText.greater(most, seen)).orElse(seen));
      }
    }
    cursor.ifPresent(value -> lagging(wanted, value));
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("source", "http " + name);
    facts.put("path", pages.path());
    facts.put("pages", journal.pages().size());
    from.ifPresent(value -> facts.put("cursor_from", value));
    cursor.ifPresent(value -> facts.put("cursor_to", value));
    return new Fetched(
        journal.files(),
        journal.records(),
        List.of(),
        cursor,
        Optional.empty(),
        facts,
        journal.pages().stream()
            .flatMap(page -> page.warning().stream())
            .map(warning -> "table %s: %s".formatted(wanted.name(), warning))
            .toList());
  }

  /** A cursor that no record has would never move, and each run would read everything. */
  private static void refuseUnknownCursor(Wanted wanted, PageJournal journal) {
    boolean moves = journal.pages().stream().anyMatch(page -> page.greatest().isPresent());
    if (wanted.cursor().isEmpty() || journal.records() == 0 || moves) {
      return;
    }
    String cursor = wanted.cursor().get().column();
    Set<String> names = new LinkedHashSet<>();
    for (Path file : journal.files()) {
      try {
        PageReader.fields(file, names);
      } catch (IOException e) {
        throw StoreFailures.of("read " + file, e);
      }
      if (names.contains(cursor)) {
        return;
      }
    }
    throw TaskFailure.configuration(
        "table %s: cursor \"%s\" is no field of the records".formatted(wanted.name(), cursor),
        "they have " + names.stream().limit(NAMED).collect(Collectors.joining(", ")));
  }

  /** From which value on rows are wanted. */
  private static Optional<String> from(Wanted wanted) {
    if (wanted.cursor().isEmpty()) {
      return Optional.empty();
    }
    CursorConfig cursor = wanted.cursor().get();
    return wanted.last().map(last -> lagging(wanted, last)).or(cursor::first);
  }

  /** A value of the cursor less the lag. */
  private static String lagging(Wanted wanted, String value) {
    try {
      return wanted
          .cursor()
          .flatMap(CursorConfig::lag)
          .map(lag -> CursorText.before(value, lag))
          .orElse(value);
    } catch (IllegalArgumentException e) {
      throw SourceLag.refused(wanted.name(), e);
    }
  }

  /** Words of their own, so that the cause stays. */
  private static final class SourceLag {
    private SourceLag() {}

    static TaskFailure refused(String table, IllegalArgumentException cause) {
      return new TaskFailure(
          ExitCode.CONFIGURATION,
          "table %s: cursor.lag: %s".formatted(table, cause.getMessage()),
          "correct the lag",
          cause);
    }
  }

  private static String request(
      Wanted wanted, SourceConfig.Pages pages, Map<String, String> parameters) {
    List<String> texts = new ArrayList<>(wanted.identity());
    texts.add(pages.toString());
    texts.add(parameters.toString());
    wanted.cursor().ifPresent(cursor -> texts.add(cursor.column()));
    wanted.within().ifPresent(within -> texts.add(within.interval().identity()));
    return HexFormat.of()
        .formatHex(sha256().digest(String.join("\n", texts).getBytes(StandardCharsets.UTF_8)));
  }

  private void take(
      Wanted wanted,
      SourceConfig.Pages pages,
      Optional<PageConfig> page,
      Map<String, String> parameters,
      PageJournal journal)
      throws InterruptedException {
    URI address = address(pages, page, parameters, journal);
    PageJournal.Entry last = journal.pages().isEmpty() ? null : journal.pages().getLast();
    record Read(PageReader.Page page, Requests.Answer answer, String hash) {}
    Read read =
        requests.get(
            address,
            journal.body(),
            answer -> {
              PageReader reader =
                  new PageReader(
                      pages.records(),
                      page.flatMap(PageConfig::next),
                      wanted.cursor().map(CursorConfig::column));
              PageReader.Page found = reader.read(journal.body(), answer.gzip(), journal.making());
              return new Read(found, answer, hash(journal.making()));
            });
    if (last != null && read.page().records() > 0 && last.hash().equals(read.hash())) {
      throw TaskFailure.blocked(
          "table %s: page %d of %s has the records of the page before"
              .formatted(wanted.name(), journal.pages().size() + 1, pages.path()),
          "check page: the API does not seem to know its parameter");
    }
    Optional<String> next =
        page.flatMap(config -> next(config, journal, read.page(), read.answer()));
    if (next.isPresent() && next.equals(journal.next())) {
      throw TaskFailure.blocked(
          "table %s: page %d of %s points to itself"
              .formatted(wanted.name(), journal.pages().size() + 1, pages.path()),
          "ask whose API it is");
    }
    Optional<String> warning =
        next.isEmpty() ? ignored(page, journal, read.page(), read.answer()) : Optional.empty();
    journal.add(read.page().records(), read.hash(), read.page().greatest(), next, warning);
  }

  /** Why there may be more pages than were asked for. */
  private static Optional<String> ignored(
      Optional<PageConfig> page,
      PageJournal journal,
      PageReader.Page last,
      Requests.Answer answer) {
    Optional<String> place = page.flatMap(PageConfig::next);
    boolean byToken = page.isPresent() && place.isPresent();
    if ((page.isEmpty() || byToken)
        && LinkHeader.next(answer.headers().allValues("link")).isPresent()) {
      return Optional.of(
          "the last page that was read links to a next one (header Link), which was not read"
              + " → write page: {kind: link}");
    }
    boolean endsShort =
        page.flatMap(PageConfig::size).filter(size -> last.records() < size).isPresent();
    return byToken && journal.pages().isEmpty() && !last.told() && last.records() > 0 && !endsShort
        ? Optional.of(
            "the page has nothing at \"%s\": no other page was asked for → correct page.next if there are more"
                .formatted(place.get()))
        : Optional.empty();
  }

  private URI address(
      SourceConfig.Pages pages,
      Optional<PageConfig> page,
      Map<String, String> parameters,
      PageJournal journal) {
    URI base = requests.base();
    String root = base.toString().replaceAll("[?#].*$", "").replaceAll("/+$", "");
    if (!pages.path().startsWith("/")) {
      throw TaskFailure.configuration(
          "path: \"" + pages.path() + "\" does not begin with /", "write such as /issues");
    }
    Optional<String> next = journal.next();
    if (page.isPresent() && page.get().kind() == PageConfig.Kind.LINK && next.isPresent()) {
      return requests.own(base, next.get(), "links");
    }
    Map<String, String> all = new LinkedHashMap<>(parameters);
    page.flatMap(PageConfig::parameter)
        .ifPresent(
            name -> {
              PageConfig.Kind kind = page.get().kind();
              if (kind == PageConfig.Kind.NUMBER) {
                all.put(name, next.orElse(String.valueOf(page.get().first())));
              } else if (kind == PageConfig.Kind.OFFSET) {
                all.put(name, next.orElse("0"));
              } else if (next.isPresent()) {
                all.put(name, next.get());
              }
            });
    StringBuilder query = new StringBuilder();
    all.forEach(
        (name, value) ->
            query
                .append(query.isEmpty() ? (pages.path().contains("?") ? "&" : "?") : "&")
                .append(URLEncoder.encode(name, StandardCharsets.UTF_8))
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    try {
      return requests.own(base, root + pages.path() + query, "leads");
    } catch (IllegalArgumentException e) {
      throw new TaskFailure(
          ExitCode.CONFIGURATION, "path: \"" + pages.path() + "\" is no path", "", e);
    }
  }

  /** How the page behind this one is asked for; nothing when it is the last. */
  private Optional<String> next(
      PageConfig config, PageJournal journal, PageReader.Page page, Requests.Answer answer) {
    boolean empty = page.records() == 0;
    return switch (config.kind()) {
      case LINK -> {
        Optional<String> link =
            config.next().isPresent()
                ? page.token()
                : LinkHeader.next(answer.headers().allValues("link"));
        yield link.map(to -> requests.own(answer.address(), to, "links").toString());
      }
      case CURSOR -> page.token();
      case NUMBER ->
          empty
              ? Optional.empty()
              : Optional.of(String.valueOf(config.first() + journal.pages().size() + 1));
      case OFFSET ->
          empty
              ? Optional.empty()
              : Optional.of(String.valueOf(journal.records() + page.records()));
    };
  }

  private static String hash(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void loaded() {
    kept.ifPresent(
        store -> {
          List<String> names = new ArrayList<>();
          store.list("", page -> names.add(page.name()));
          store.delete(names);
        });
  }

  @Override
  public void stop() {
    requests.stop();
  }

  @Override
  public void close() {
    requests.close();
  }
}
