package io.headgate.model;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code headgate.yaml} as it is written. */
@Description(
    "The file at the root of a project: the stores, and where each target keeps its tables.")
public record ProjectFile(
    @Description(value = "Version of this format.", example = "1") int version,
    @Description(
            value = "The stores that the project knows, by name.",
            example = "{main: {kind: duckdb, path: warehouse.duckdb}}")
        Map<String, ConnectionFile> connections,
    @Description("Places to run at, by name, such as dev, ci and prod.")
        Map<String, Target> targets,
    @Description("The target of a run that names none.") @Default("dev") String defaultTarget,
    @Description("How long what runs leave behind is kept.") @Default("{}") Retention retention) {
  private static final Pattern KUBERNETES_NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

  public ProjectFile {
    if (version != 1) {
      throw new IllegalArgumentException("version " + version + " is not known; write 1");
    }
    connections = Ordered.copy(connections);
    targets = Ordered.copy(targets);
  }

  /** Where a target keeps what a run makes. */
  @Description("Where a run at this target reads and writes.")
  public record Target(
      @Description(
              value = "The warehouses by the names that pipelines use.",
              example = "{main: {connection: main, schema: dev_ana}}")
          Map<String, Warehouse> warehouses,
      @Description(
              value = "Name of a connection of kind s3, for addresses that begin with s3://.",
              example = "lake_files")
          Optional<String> storage,
      @Description(
              value =
                  "Where landed files are kept: a folder, relative to the project, or an address.",
              example = "s3://landing/shop")
          @Default(".headgate/landing")
          String landing,
      @Description(
              value =
                  "Where leases, dead letters and what runs leave are kept: a folder, relative to"
                      + " the project, or an address. An address is for runs whose machine goes"
                      + " with them.",
              example = "s3://artefacts/headgate")
          @Default(".headgate")
          String state,
      @Description("Never written from a laptop unless told; true for prod when left out.")
          Optional<Boolean> protected_,
      @Description("What the pods of deployed pipelines are like.") @Default("{}") Pods pods) {
    public Target {
      warehouses = Ordered.copy(warehouses);
    }
  }

  /** The place of a pipeline's tables. */
  @Description("A schema in a store.")
  public record Warehouse(
      @Description("Name of a connection.") String connection,
      @Description("The published schema; the pipeline's name when left out.")
          Optional<String> schema) {}

  /** What the pods of a target are like. */
  @Description("What the pods of deployed pipelines are like; a profile says it for some steps.")
  public record Pods(
      @Description("Their namespace; that of the orchestrator if left out.")
          Optional<String> namespace,
      @Description("Their service account; none of its tokens is mounted.")
          Optional<String> serviceAccount,
      @Description(
              value =
                  "The Secret that holds what ${env:NAME} and ${file:PATH} refer to, unless secrets"
                      + " or files says otherwise: under the name of the variable, or of the file.",
              example = "headgate-shop")
          @Default("headgate")
          String secret,
      @Description(
              value = "Variables that come from elsewhere, by name.",
              example = "{PG_PASSWORD: {secret: warehouse, key: password}}")
          @Default("{}")
          Map<String, SecretKey> secrets,
      @Description(
              value = "Files that come from elsewhere, by path.",
              example = "{/run/secrets/ca.pem: {secret: authorities, key: ca.pem}}")
          @Default("{}")
          Map<String, SecretKey> files,
      @Description(
              value = "Variables that are no secrets, by name.",
              example = "{PG_HOST: db.internal}")
          @Default("{}")
          Map<String, String> env,
      @Description("Further labels.") @Default("{}") Map<String, String> labels,
      @Description("Further annotations.") @Default("{}") Map<String, String> annotations,
      @Description("Labels that their node must have.") @Default("{}")
          Map<String, String> nodeSelector,
      @Description("Taints of nodes that they bear.") @Default("[]") List<Toleration> tolerations,
      @Description(
              value = "A pod as Kubernetes writes it, on which Headgate puts what is its own.",
              example = "{spec: {priorityClassName: batch}}")
          @Default("{}")
          Map<String, Object> template,
      @Description("What is different for steps that name the profile.") @Default("{}")
          Map<String, Profile> profiles) {
    public Pods {
      secrets = Ordered.copy(secrets);
      files = Ordered.copy(files);
      env = Ordered.copy(env);
      labels = Ordered.copy(labels);
      annotations = Ordered.copy(annotations);
      nodeSelector = Ordered.copy(nodeSelector);
      tolerations = List.copyOf(tolerations);
      template = Ordered.copy(template);
      profiles = Ordered.copy(profiles);
      requireKubernetesName("namespace", namespace);
      requireKubernetesName("service_account", serviceAccount);
      requireKubernetesName("secret", Optional.of(secret));
    }

    private static void requireKubernetesName(String key, Optional<String> name) {
      if (name.isPresent() && !KUBERNETES_NAME.matcher(name.get()).matches()) {
        throw new IllegalArgumentException(
            key + ": \"" + name.get() + "\" is not a name; use a-z, 0-9, - and .");
      }
    }
  }

  /** What pods of some steps have instead of what others have. */
  @Description("What the pods of steps with this profile have beside, or instead.")
  public record Profile(
      @Description("Labels that their node must have.") @Default("{}")
          Map<String, String> nodeSelector,
      @Description("Taints of nodes that they bear.") @Default("[]") List<Toleration> tolerations,
      @Description("A pod as Kubernetes writes it, laid over that of the target.") @Default("{}")
          Map<String, Object> template) {
    public Profile {
      nodeSelector = Ordered.copy(nodeSelector);
      tolerations = List.copyOf(tolerations);
      template = Ordered.copy(template);
    }
  }

  /** A taint that a pod bears, in the words of Kubernetes. */
  @Description("A taint that pods bear, in the words of Kubernetes.")
  public record Toleration(
      @Description("Key of the taint; any if left out.") Optional<String> key,
      @Description("How values are compared: Equal or Exists.") @Default("Equal") String operator,
      @Description("Value of the taint.") Optional<String> value,
      @Description("NoSchedule, PreferNoSchedule or NoExecute; any if left out.")
          Optional<String> effect) {
    public Toleration {
      if (!Set.of("Equal", "Exists").contains(operator)) {
        throw new IllegalArgumentException("operator must be Equal or Exists");
      }
      if (effect.isPresent()
          && !Set.of("NoSchedule", "PreferNoSchedule", "NoExecute").contains(effect.get())) {
        throw new IllegalArgumentException(
            "effect must be NoSchedule, PreferNoSchedule or NoExecute");
      }
    }
  }

  /** A key of a Secret. */
  @Description("A key of a Secret of Kubernetes.")
  public record SecretKey(
      @Description("Name of the Secret.") String secret, @Description("The key.") String key) {
    public SecretKey {
      if (!KUBERNETES_NAME.matcher(secret).matches()) {
        throw new IllegalArgumentException("\"" + secret + "\" is not the name of a Secret");
      }
      if (!key.matches("[-._a-zA-Z0-9]{1,253}")) {
        throw new IllegalArgumentException("\"" + key + "\" is not a key of a Secret");
      }
    }
  }

  /** What {@code headgate clean} keeps. */
  @Description("What headgate clean keeps.")
  public record Retention(
      @Description(value = "Landed files.", example = "30d") @Default("30d") Duration landing,
      @Description("Rejected rows.") @Default("90d") Duration deadLetters,
      @Description("Run folders with logs and pages, and the results of checks.") @Default("90d")
          Duration runs,
      @Description("Failing rows kept by gates.") @Default("30d") Duration quarantine) {}
}
