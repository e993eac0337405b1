package io.headgate.dbt;

import io.headgate.api.Interval;
import io.headgate.api.Problems;
import io.headgate.api.json.Json;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The command line of dbt: what a step may add to it, and what Headgate sets. */
final class DbtArguments {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");

  /** Options that would lead dbt past what Headgate sets, and what to use instead. */
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("--profiles-dir", "the profile is made from the warehouse of the pipeline"),
          Map.entry("--profile", "the profile is made from the warehouse of the pipeline"),
          Map.entry("--target", "the target is that of the run"),
          Map.entry("--project-dir", "use the key project"),
          Map.entry("--target-path", "artefacts are kept per run"),
          Map.entry("--log-path", "artefacts are kept per run"),
          Map.entry("--partial-parse-file-path", "artefacts are kept per run"),
          Map.entry("--write-json", "Headgate reads what dbt writes"),
          Map.entry("--no-write-json", "Headgate reads what dbt writes"),
          Map.entry("--log-format", "Headgate reads dbt's events"),
          Map.entry("--log-level", "Headgate reads dbt's events"),
          Map.entry("--vars", "use the key vars"),
          Map.entry("--select", "use the key select"),
          Map.entry("--models", "use the key select"),
          Map.entry("--model", "use the key select"),
          Map.entry("--exclude", "use the key exclude"),
          Map.entry("--full-refresh", "use the key full_refresh"),
          Map.entry("--threads", "use the key threads"),
          Map.entry("--event-time-start", "the interval of the run sets it"),
          Map.entry("--event-time-end", "the interval of the run sets it"),
          Map.entry("--send-anonymous-usage-stats", "nothing calls home"),
          Map.entry("--upload-to-artifacts-ingest-api", "nothing calls home"),
          Map.entry("--version", "a step does work"),
          Map.entry("--help", "a step does work"));

  private static final Set<String> SHORT = Set.of("-x", "-d", "-q");

  private DbtArguments() {}

  static void check(DbtConfiguration configuration, Problems problems) {
    if (DbtCommand.of(configuration.command()).isEmpty()) {
      problems.report(
          "command",
          "dbt has no command \"" + configuration.command() + "\" that a step may run",
          "one of "
              + Arrays.stream(DbtCommand.values())
                  .map(command -> command.text)
                  .collect(Collectors.joining(", "))
              + "; options go to args");
    }
    for (int i = 0; i < configuration.args().size(); i++) {
      Optional<String> reason = refusal(configuration.args().get(i));
      if (reason.isPresent()) {
        problems.report(
            "args." + i, "\"" + configuration.args().get(i) + "\" is refused", reason.get());
      }
    }
    configuration.select().forEach(text -> checkSelector("select", text, problems));
    configuration.exclude().forEach(text -> checkSelector("exclude", text, problems));
    for (String name : configuration.vars().keySet()) {
      if (name.startsWith("interval_")) {
        problems.report("vars." + name, "is set by the interval of the run", "take another name");
      }
    }
  }

  private static void checkSelector(String key, String text, Problems problems) {
    if (text.startsWith("-") || text.isBlank()) {
      problems.report(key, "\"" + text + "\" is not a selector", "");
    }
  }

  private static Optional<String> refusal(String argument) {
    if (!argument.startsWith("-")) {
      return Optional.empty();
    }
    if (!argument.startsWith("--")) {
      return SHORT.contains(argument)
          ? Optional.empty()
          : Optional.of("write the long form of an option");
    }
    if (argument.equals("--")) {
      return Optional.of("name options one by one");
    }
    return Optional.ofNullable(REFUSED.get(argument.split("=", 2)[0]));
  }

  /** What makes two invocations the same: all that decides what dbt builds, without paths. */
  static List<String> identity(
      DbtConfiguration configuration, DbtCommand command, Optional<Interval> interval) {
    List<String> arguments = new ArrayList<>(command.words());
    if (command.selects) {
      add(arguments, "--select", configuration.select());
      add(arguments, "--exclude", configuration.exclude());
    }
    if (command.refreshes && configuration.fullRefresh().orElse(interval.isEmpty())) {
      arguments.add("--full-refresh");
    }
    if (command.eventTime && interval.isPresent()) {
      arguments.add("--event-time-start");
      arguments.add(SECONDS.format(eventStart(interval.get())));
      arguments.add("--event-time-end");
      arguments.add(SECONDS.format(eventEnd(interval.get())));
    }
    Map<String, Object> vars = vars(configuration, interval);
    if (!vars.isEmpty()) {
      arguments.add("--vars");
      arguments.add(Json.write(vars));
    }
    arguments.addAll(configuration.args());
    return arguments;
  }

  private static void add(List<String> arguments, String option, List<String> values) {
    for (String value : values) {
      arguments.add(option);
      arguments.add(value);
    }
  }

  /** Where dbt finds and leaves things. */
  static List<String> places(Path project, DbtProfile profile, Path target, Path logs) {
    return List.of(
        "--project-dir",
        project.toString(),
        "--profiles-dir",
        profile.directory().toString(),
        "--profile",
        profile.name(),
        "--target",
        profile.target(),
        "--target-path",
        target.toString(),
        "--log-path",
        logs.toString(),
        "--no-use-colors",
        "--no-use-colors-file",
        "--log-level",
        "none",
        "--log-level-file",
        "debug");
  }

  private static Map<String, Object> vars(
      DbtConfiguration configuration, Optional<Interval> interval) {
    Map<String, Object> vars = new LinkedHashMap<>(configuration.vars());
    interval.ifPresent(
        value -> {
          vars.put("interval_start", SECONDS.format(value.localStart()));
          vars.put("interval_end", SECONDS.format(value.localEnd()));
          vars.put("interval_start_utc", utc(value.start()));
          vars.put("interval_end_utc", utc(value.end()));
        });
    return vars;
  }

  private static String utc(Instant instant) {
    return SECONDS.format(instant.atOffset(ZoneOffset.UTC)) + "Z";
  }

  // dbt takes event time for UTC. A column without a zone holds local time, so the stretch spans
  // both readings; dbt widens it to whole batches, each of which it replaces as a whole.
  private static LocalDateTime eventStart(Interval interval) {
    LocalDateTime utc = LocalDateTime.ofInstant(interval.start(), ZoneOffset.UTC);
    return utc.isBefore(interval.localStart()) ? utc : interval.localStart();
  }

  private static LocalDateTime eventEnd(Interval interval) {
    LocalDateTime utc = LocalDateTime.ofInstant(interval.end(), ZoneOffset.UTC);
    return utc.isAfter(interval.localEnd()) ? utc : interval.localEnd();
  }
}
