package io.headgate.model;

import io.headgate.api.Description;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an orchestrator must know of a pipeline, as {@code manifest.json} holds it. Nothing in it
 * depends on the time, the machine or the place of the project; it names no image of ours.
 */
@Description(
    "What `headgate compile` writes for an orchestrator: all that a DAG needs, without YAML.")
public record Manifest(
    @Description("Version of this format. A reader refuses one that it does not know.") long format,
    @Description(
            "SHA-256, in hex, of this document without this key, written as JSON on one line"
                + " without spaces, keys in the order in which they stand, in UTF-8, no character"
                + " escaped that need not be. Passed to tasks as HEADGATE_MANIFEST_HASH.")
        String hash,
    @Description("Name of the pipeline.") String name,
    @Description("Its folder in the project, with forward slashes.") String directory,
    @Description("One or two sentences for people; may be empty.") String description,
    @Description("README.md of the pipeline's folder, if there is one: Markdown.")
        Optional<String> docs,
    @Description("Who answers for it; may be empty.") String owner,
    @Description("Words to find it by.") List<String> tags,
    @Description("When it runs; null when only people or other systems start it.")
        Optional<Schedule> schedule,
    @Description("The zone of the schedule and of local times.") String timezone,
    @Description("How many runs may be under way at once.") int maxActiveRuns,
    @Description("What a run may be given, in the order of the file. Secret ones are left out.")
        Map<String, Param> params,
    @Description("The warehouse, as targets name it.") String warehouse,
    @Description("The steps in an order in which they may run one after the other.")
        List<Step> steps,
    @Description("Steps that share one pod.") List<Group> groups,
    @Description("What people on call are told.") Alerts alerts,
    @Description("The target of a deployment that names none.") String defaultTarget,
    @Description("Where it may run, by name.") Map<String, Target> targets) {

  /** When it runs. */
  @Description("When a pipeline runs: by time, or after others.")
  public record Schedule(
      @Description("Five cron fields, or null.") Optional<String> cron,
      @Description("Names of assets; it runs when all of them are new. Empty with cron.")
          List<String> after,
      @Description("The first day that is scheduled, or null.") Optional<String> start,
      @Description("Whether what lies between start and now is run as well.") boolean catchUp,
      @Description(
              "`interval`: scheduled runs pass their data interval on to tasks. `everything`: they"
                  + " pass none.")
          String covers) {}

  /** What a run may be given. */
  @Description("A value that a run may be given. Goes to tasks in HEADGATE_PARAMS.")
  public record Param(
      @Description("`string`, `int`, `number`, `bool`, `date`, `path` or `enum`.") String type,
      @Description("In its type; null when there is none.") Optional<Object> default_,
      @Description("Whether a run must give it.") boolean required,
      @Description(
              "A JSON schema for a form: type, enum, minimum, maximum, format, title, description.")
          Map<String, Object> schema) {}

  /** A step. */
  @Description("A step: one task, in a pod of its own unless it is in a group.")
  public record Step(
      @Description("Name, unique in the pipeline.") String name,
      @Description("Its kind.") String kind,
      @Description("The steps that must have succeeded; a skipped one skips it.")
          List<String> needs,
      @Description("The group that it runs in, or null.") Optional<String> group,
      @Description("For people; may be empty.") String description,
      @Description(
              "What its pod runs: `headgate`, `headgate-python` (which `headgate` does not"
                  + " replace), or `own`: what container says.")
          String image,
      @Description("What a step with an image of its own runs, or null.")
          Optional<Container> container,
      @Description("How its work is spread over several pods, or null.") Optional<FanOut> fanOut,
      @Description("Tries after the first.") Retries retries,
      @Description("When one try is stopped, or null.") Optional<Number> timeoutSeconds,
      @Description("What its pod asks for.") Resources resources,
      @Description("The pool that it takes a slot of, or null.") Optional<String> pool,
      @Description("A profile of the target's pods, or null.") Optional<String> profile,
      @Description("Whether it fails (64) in a run without an interval.") boolean needsInterval,
      @Description("Assets that are new once it has succeeded.") List<Asset> assets,
      @Description("By target: where its variables and files with secrets come from.")
          Map<String, Secrets> secrets,
      @Description("SHA-256 of the step's resolved JSON, its manifest_hash left out.")
          String sha256) {}

  /** A group. */
  @Description(
      "Steps that share one pod, as `headgate task PIPELINE/GROUP`. What is said of it is made of"
          + " what is said of them.")
  public record Group(
      @Description("Name: that of the first step and of the last, joined by __.") String name,
      @Description("Its steps in the order in which they run.") List<String> steps,
      @Description("The steps outside it that must have succeeded.") List<String> needs,
      @Description("`headgate-python` if one of them needs it.") String image,
      @Description("The most tries and the longest waits of them.") Retries retries,
      @Description("The sum of their timeouts; null when one has none.")
          Optional<Number> timeoutSeconds,
      @Description("The most of each.") Resources resources,
      @Description("The pool of the first that names one, or null.") Optional<String> pool,
      @Description("The profile of the first that names one, or null.") Optional<String> profile,
      @Description("Whether one of them fails in a run without an interval.") boolean needsInterval,
      @Description("Those of all of them.") Map<String, Secrets> secrets) {}

  /** What a step with an image of its own runs. */
  @Description(
      "A container that is not ours. Its arguments and variables may hold `$(HEADGATE_RUN_ID)`,"
          + " `$(HEADGATE_INTERVAL_START)`, `$(HEADGATE_INTERVAL_END)` and"
          + " `$(HEADGATE_PARAM_<NAME>)`, which Kubernetes fills in from variables of the pod.")
  public record Container(
      @Description("The image.") String image,
      @Description("Instead of its entry point; empty for that.") List<String> command,
      @Description("What the entry point is given.") List<String> args,
      @Description("Variables by name.") Map<String, String> env,
      @Description("Names of parameters that it refers to: variables that its pod needs.")
          List<String> params) {}

  /** How a step is spread. */
  @Description(
      "A step that is spread over several pods, which HEADGATE_PART tells what to do: `plan` lists"
          + " the slices, `slice:NAME` does one, `close` takes on what they did and is the step for"
          + " those that need it. All of them ask for what the step asks for.")
  public record FanOut(
      @Description(
              "`tables`: a slice a table. `files`: a slice for some files of a table. `partitions`:"
                  + " a slice for a folder of its files, or for a range of a database's table.")
          String by,
      @Description("How many slices may be under way at once in a run.") int limit,
      @Description(
              "Names of the slices; empty when `plan` has to list them: as the fact `slices` of its"
                  + " outcome in XCom.")
          List<String> slices) {}

  /** Tries. */
  @Description("Tries after a failure that may pass.")
  public record Retries(
      @Description("Tries after the first.") int max,
      @Description("The wait before the first of them.") Number delaySeconds,
      @Description("What each further wait is multiplied by.") double backoff,
      @Description("The longest wait.") Number maxDelaySeconds) {}

  /** Resources. */
  @Description("What a pod asks for, as Kubernetes writes amounts.")
  public record Resources(
      @Description("Cores: a request.") Optional<String> cpu,
      @Description("Memory: request and limit.") Optional<String> memory,
      @Description("Size limit of the volume for what spills to disk.") Optional<String> spill) {}

  /** An asset. */
  @Description("Data that others may wait for.")
  public record Asset(
      @Description("`PIPELINE` or `PIPELINE.TABLE`.") String name,
      @Description("`headgate://PIPELINE` or `headgate://PIPELINE/TABLE`.") String uri) {}

  /** Where secrets come from. */
  @Description("Where variables and files with secrets come from. Never the secrets themselves.")
  public record Secrets(
      @Description("Variables, by name.") List<EnvSecret> env,
      @Description("Files, by path: to be mounted read-only.") List<FileSecret> files) {}

  /** A variable. */
  @Description("A variable from a Secret.")
  public record EnvSecret(
      @Description("Name of the variable.") String name,
      @Description("Name of the Secret.") String secret,
      @Description("Its key.") String key) {}

  /** A file. */
  @Description("A file from a Secret.")
  public record FileSecret(
      @Description("Where it must be, absolute or relative to the project.") String path,
      @Description("Name of the Secret.") String secret,
      @Description("Its key.") String key) {}

  /** Alerts. */
  @Description("What people on call are told.")
  public record Alerts(
      @Description("The page that says what to do, or null.") Optional<String> runbook,
      @Description("`info`, `warning`, `error` or `critical`.") String severity,
      @Description("How long after it was due a run must have ended, or null.")
          Optional<Number> deadlineSeconds,
      @Description("How old published tables may become, by table or pattern.")
          Map<String, Number> freshnessSeconds) {}

  /** A target. */
  @Description(
      "A target of headgate.yaml: where runs read and write. Goes to tasks as"
          + " HEADGATE_TARGET.")
  public record Target(
      @Description("Why pods cannot run there, such as a store that is a file; null if they can.")
          Optional<String> notForPods,
      @Description("Whether it is protected from laptops.") boolean protected_,
      @Description("Kind of its warehouse's store.") String store,
      @Description("The published schema.") String schema,
      @Description("Where logs, reports and records of runs are kept: below `runs/<run id>/`.")
          String state,
      @Description("What its pods are like, as headgate.yaml says it.") ProjectFile.Pods pods) {}

  /** A parameter's bounds, where it has some. */
  static void bounds(
      Map<String, Object> schema, Optional<BigDecimal> least, Optional<BigDecimal> most) {
    least.ifPresent(value -> schema.put("minimum", value));
    most.ifPresent(value -> schema.put("maximum", value));
  }
}
