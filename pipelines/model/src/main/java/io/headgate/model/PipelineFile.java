package io.headgate.model;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.time.Duration;
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
    @Description("What people on call are told.") @Default("{}") Alerts alerts) {
  public PipelineFile {
    if (version != 1) {
      throw new IllegalArgumentException("version " + version + " is not known; write 1");
    }
    params = Ordered.copy(params);
    steps = Ordered.copy(steps);
    fuse = fuse.stream().map(List::copyOf).toList();
  }

  /** When a pipeline runs. */
  @Description("When a pipeline runs: a cron line, a preset, or both with a time zone.")
  public record Schedule(
      @Description(
              value =
                  "Five fields (minute, hour, day, month, weekday) or hourly, daily, weekly,"
                      + " monthly.",
              example = "\"0 6 * * *\"")
          Cron cron,
      @Description(
              value = "The zone in which the schedule and local times are meant.",
              example = "Europe/Berlin")
          @Default("UTC")
          ZoneId timezone) {
    public static Schedule parse(String text) {
      return new Schedule(Cron.parse(text), ZoneId.of("UTC"));
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
          Resources resources) {
    public StepFile {
      needs = List.copyOf(needs);
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
      @Description(value = "Bytes, with Ki, Mi, Gi or the like.", example = "1Gi")
          Optional<Quantity> memory) {}

  /** What people on call are told. */
  @Description("What people on call are told.")
  public record Alerts(
      @Description(
              value = "The page that says what to do.",
              example = "https://wiki.example.org/streaming")
          Optional<String> runbook,
      @Description("How bad a failure is.") @Default("warning") Severity severity,
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
