package io.headgate.model;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code pipeline.yaml} as it is written; the steps' own keys are bound by their kinds. */
@Description("A pipeline: its steps, when they run, and whom a failure concerns.")
public record PipelineFile(
    @Description(value = "Version of this format.", example = "1") int version,
    @Description(value = "Name of the pipeline: the name of its folder.", example = "streaming")
        String name,
    @Description("What the pipeline is for, in a sentence or two.") @Default("") String description,
    @Description(value = "Who answers for it.", example = "data-platform") @Default("")
        String owner,
    @Description(
            value = "When it runs; never by itself when left out.",
            example = "{cron: \"0 6 * * *\", timezone: Europe/Berlin}")
        Optional<Schedule> schedule,
    @Description(
            value = "Values that a run may be given.",
            example = "{source: {type: path, default: data}}")
        @Default("{}")
        Map<String, Parameter> params,
    @Description("The warehouse, as the targets in headgate.yaml name it.") @Default("main")
        String warehouse,
    @Description("The steps by name.") Map<String, StepFile> steps,
    @Description(
            value = "Groups of steps that share one pod, each in the order of their needs.",
            example = "[[sources_ok, models, trusted_ok]]")
        @Default("[]")
        List<List<String>> fuse,
    @Description("How many runs of the pipeline may be under way at once.") @Default("1")
        int maxActiveRuns,
    @Description(value = "Words to find it by in the orchestrator.", example = "[vendor, daily]")
        @Default("[]")
        List<String> tags,
    @Description("What people on call are told.") @Default("{}") Alerts alerts) {
  public PipelineFile {
    if (version != 1) {
      throw new IllegalArgumentException("version " + version + " is not known; write 1");
    }
    params = Ordered.copy(params);
    steps = Ordered.copy(steps);
    fuse = fuse.stream().map(List::copyOf).toList();
    tags = List.copyOf(tags);
    if (maxActiveRuns < 1 || maxActiveRuns > 1000) {
      throw new IllegalArgumentException("max_active_runs must be from 1 to 1000");
    }
  }

  /** When a pipeline runs. */
  @Description(
      "When a pipeline runs: a cron line, a preset, or keys; by time, or after other pipelines.")
  public record Schedule(
      @Description(
              value =
                  "Five fields (minute, hour, day, month, weekday) or hourly, daily, weekly,"
                      + " monthly.",
              example = "\"0 6 * * *\"")
          Optional<Cron> cron,
      @Description(
              value =
                  "Runs when all of these were published: a pipeline, or one table of it. Instead"
                      + " of cron.",
              example = "[streaming, shop.orders]")
          @Default("[]")
          List<String> after,
      @Description(
              value = "The zone in which the schedule and local times are meant.",
              example = "Europe/Berlin")
          @Default("UTC")
          ZoneId timezone,
      @Description(value = "The first day that is scheduled.", example = "2026-01-01")
          Optional<LocalDate> start,
      @Description("Whether what lies between start and now is run as well.") @Default("false")
          boolean catchUp,
      @Description(
              "What a scheduled run is about: the interval between two moments of the schedule, or"
                  + " everything, as a run without an interval.")
          @Default("interval")
          Covers covers) {
    /** What a scheduled run is about. */
    public enum Covers {
      INTERVAL,
      EVERYTHING
    }

    public Schedule {
      after = List.copyOf(after);
      if (cron.isPresent() == !after.isEmpty()) {
        throw new IllegalArgumentException("write either cron or after");
      }
      if (catchUp && start.isEmpty()) {
        throw new IllegalArgumentException("catch_up needs start: from which day on?");
      }
      if (cron.isEmpty() && start.isPresent()) {
        throw new IllegalArgumentException("start goes with cron only");
      }
    }

    public static Schedule parse(String text) {
      return new Schedule(
          Optional.of(Cron.parse(text)),
          List.of(),
          ZoneId.of("UTC"),
          Optional.empty(),
          false,
          Covers.INTERVAL);
    }
  }

  /** What may be given to a run. */
  @Description("A value that a run may be given by --param NAME=VALUE.")
  public record Parameter(
      @Description("What values are accepted; a path may also be a URL such as s3://bucket/folder.")
          @Default("string")
          Type type,
      @Description("The value of a run that gives none.") Optional<String> default_,
      @Description("The only values accepted.") @Default("[]") List<String> choices,
      @Description("The least value of an int or a number.") Optional<BigDecimal> min,
      @Description("The greatest value of an int or a number.") Optional<BigDecimal> max,
      @Description("Whether a run must give it; true when there is no default.")
          Optional<Boolean> required,
      @Description(
              value =
                  "A secret takes only a reference, ${env:NAME} or ${file:PATH}, and is never"
                      + " written down.")
          @Default("false")
          boolean secret,
      @Description("What it is for.") @Default("") String description) {
    /** What a parameter accepts. */
    public enum Type {
      STRING,
      INT,
      NUMBER,
      BOOL,
      DATE,
      PATH,
      ENUM
    }

    public Parameter {
      choices = List.copyOf(choices);
    }
  }

  /** The keys that steps of every kind have. */
  @Description("A step. The keys of its kind stand beside these.")
  public record StepFile(
      @Description(value = "What the step does.", example = "ingest") String kind,
      @Description(value = "The steps that must be done before.", example = "sources_ok")
          @Default("[]")
          List<String> needs,
      @Description("What it does, for people.") @Default("") String description,
      @Description(value = "How often and when it is tried again.", example = "{max: 3, delay: 1m}")
          @Default("{}")
          Retries retries,
      @Description(value = "When it is stopped.", example = "2h") Optional<Duration> timeout,
      @Description(value = "What its pod asks for.", example = "{cpu: 500m, memory: 1Gi}")
          @Default("{}")
          Resources resources,
      @Description(
              value = "The orchestrator's pool that it takes a slot of.",
              example = "warehouse")
          Optional<String> pool,
      @Description(
              value =
                  "What its pod is like, by the name under which targets in headgate.yaml say it.",
              example = "large")
          Optional<String> profile) {
    public StepFile {
      needs = List.copyOf(needs);
      if (pool.isPresent() && !pool.get().matches("[A-Za-z0-9_.-]{1,200}")) {
        throw new IllegalArgumentException("\"" + pool.get() + "\" is not the name of a pool");
      }
    }
  }

  /** How often a step is tried again after a failure that may pass. */
  @Description("Tries after a failure that may pass; a number alone is max.")
  public record Retries(
      @Description("Tries after the first.") @Default("0") int max,
      @Description("The wait before the first of them.") @Default("30s") Duration delay,
      @Description("What each further wait is multiplied by.") @Default("2") double backoff,
      @Description("The longest wait.") @Default("10m") Duration maxDelay) {
    public Retries {
      if (max < 0 || max > 100) {
        throw new IllegalArgumentException("max must be from 0 to 100");
      }
      if (!(backoff >= 1 && backoff <= 100)) {
        throw new IllegalArgumentException("backoff must be from 1 to 100");
      }
    }

    public static Retries parse(String text) {
      try {
        return new Retries(
            Integer.parseInt(text), Duration.ofSeconds(30), 2, Duration.ofMinutes(10));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("\"" + text + "\" is not a number of tries", e);
      }
    }
  }

  /** What a pod asks for. */
  @Description("What the step's pod asks for.")
  public record Resources(
      @Description(value = "Cores, or thousandths with m.", example = "500m")
          Optional<Quantity> cpu,
      @Description(
              value = "Bytes, with Ki, Mi, Gi or the like; the pod's limit too.",
              example = "1Gi")
          Optional<Quantity> memory,
      @Description(
              value = "Bytes on disk for what does not fit into memory; the limit of a volume.",
              example = "10Gi")
          Optional<Quantity> spill) {}

  /** What people on call are told. */
  @Description("What people on call are told.")
  public record Alerts(
      @Description(
              value = "The page that says what to do.",
              example = "https://wiki.example.org/streaming")
          Optional<String> runbook,
      @Description("How bad a failure is.") @Default("warning") Severity severity,
      @Description(value = "How long after it was due a run must have ended.", example = "2h")
          Optional<Duration> deadline,
      @Description(
              value = "How old published tables may become, by table or pattern.",
              example = "{trusted.*: 26h}")
          @Default("{}")
          Map<String, Duration> freshness) {
    /** How bad a failure is. */
    public enum Severity {
      INFO,
      WARNING,
      ERROR,
      CRITICAL
    }

    public Alerts {
      if (runbook.isPresent() && !runbook.get().matches("https?://[^\\s\"<>]+")) {
        throw new IllegalArgumentException("runbook must be an http or https address");
      }
      freshness = Ordered.copy(freshness);
    }
  }
}
