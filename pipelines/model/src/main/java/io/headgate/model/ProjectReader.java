package io.headgate.model;

import io.headgate.api.Problems;
import io.headgate.api.StoragePlace;
import io.headgate.model.bind.Nearest;
import io.headgate.model.bind.RecordBinder;
import io.headgate.model.node.KeyPath;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Binds and checks {@code headgate.yaml}. */
final class ProjectReader {
  private static final Pattern SCHEMA = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

  private static final Set<String> LEASED_BY_STATE = Set.of("clickhouse", "trino");

  private ProjectReader() {}

  static Optional<ProjectFile> bind(Node root, ProblemList problems) {
    int before = problems.size();
    for (String key : new String[] {"connections", "targets"}) {
      Names.checkKeys(root, key, problems);
    }
    Optional<ProjectFile> bound = new RecordBinder(problems).bind(root, ProjectFile.class, "");
    bound.ifPresent(file -> check(file, problems.below(root, "")));
    ConnectionReader.check(root, problems);
    return problems.size() == before ? bound : Optional.empty();
  }

  private static void check(ProjectFile file, Problems problems) {
    file.connections()
        .forEach(
            (name, connection) ->
                checkConnection(connection, problems.below("connections").below(name)));
    file.targets()
        .forEach(
            (name, target) -> checkTarget(file, target, problems.below("targets").below(name)));
    checkSharing(file, problems.below("targets"));
    if (!file.targets().containsKey(file.defaultTarget())) {
      problems.report(
          "default_target",
          "no target \"" + file.defaultTarget() + "\"",
          Nearest.hintOrList(file.defaultTarget(), file.targets().keySet()));
    }
  }

  /** Leases in these stores lie with the target's state, so each schema is one target's alone. */
  private static void checkSharing(ProjectFile file, Problems problems) {
    Map<ProjectFile.Warehouse, String> owners = new HashMap<>();
    file.targets()
        .forEach(
            (target, places) ->
                places
                    .warehouses()
                    .forEach(
                        (name, warehouse) -> {
                          @Nullable ConnectionFile store =
                              file.connections().get(warehouse.connection());
                          if (store == null || !LEASED_BY_STATE.contains(store.kind())) {
                            return;
                          }
                          String path = KeyPath.join(target, KeyPath.join("warehouses", name));
                          @Nullable String owner = owners.putIfAbsent(warehouse, path);
                          if (owner != null) {
                            problems.report(
                                path,
                                "the same schema in %s as %s: neither would wait for the other"
                                    .formatted(warehouse.connection(), owner),
                                "give each a schema of its own");
                          }
                        }));
  }

  private static void checkConnection(ConnectionFile connection, Problems problems) {
    for (Map.Entry<String, String> property : connection.properties().entrySet()) {
      String key = property.getKey();
      String text = property.getValue();
      Template template;
      try {
        template = Secrets.parse(text);
      } catch (IllegalArgumentException e) {
        problems.report(key, String.valueOf(e.getMessage()), "");
        continue;
      }
      boolean literal = template.references().isEmpty() && !text.isEmpty();
      if (SecretKeys.secret(key) && literal || SecretKeys.holdsPassword(text)) {
        problems.report(
            key, "a secret must not stand in the file", "write ${env:NAME} or ${file:PATH}");
      }
    }
  }

  private static void checkStorage(ProjectFile file, ProjectFile.Target target, Problems problems) {
    target
        .storage()
        .ifPresent(
            name -> {
              @Nullable ConnectionFile connection = file.connections().get(name);
              if (connection == null) {
                problems.report(
                    "storage",
                    "no connection \"" + name + "\"",
                    Nearest.hintOrList(name, file.connections().keySet()));
              } else if (!connection.kind().equals("s3")) {
                problems.report(
                    "storage",
                    "connection %s is of kind %s".formatted(name, connection.kind()),
                    "name a connection of kind s3");
              }
            });
    checkPlace("landing", target.landing(), target, problems);
    checkPlace("state", target.state(), target, problems);
  }

  private static void checkPlace(
      String key, String text, ProjectFile.Target target, Problems problems) {
    try {
      StoragePlace.parse(text, Path.of("."), target.storage().or(() -> Optional.of("")));
      if (StoragePlace.isAddress(text) && target.storage().isEmpty()) {
        problems.report(
            key,
            "\"" + text + "\" needs an object store",
            "add storage: with the name of a connection of kind s3");
      }
    } catch (IllegalArgumentException e) {
      problems.report(key, String.valueOf(e.getMessage()), "write a folder or s3://bucket/prefix");
    }
  }

  private static void checkTarget(ProjectFile file, ProjectFile.Target target, Problems problems) {
    checkStorage(file, target, problems);
    target
        .pods()
        .env()
        .forEach(
            (name, value) -> {
              if (SecretKeys.secret(name) && !value.isEmpty() || SecretKeys.holdsPassword(value)) {
                problems.report(
                    KeyPath.join("pods.env", name),
                    "a secret must not stand in the file",
                    "say under pods.secrets where it comes from");
              }
            });
    target
        .warehouses()
        .forEach(
            (name, warehouse) -> {
              String path = KeyPath.join("warehouses", name);
              if (!Names.valid(name)) {
                problems.report(
                    path, "\"" + name + "\" is not a name", "use a-z, 0-9 and _, a letter first");
              }
              if (!file.connections().containsKey(warehouse.connection())) {
                problems.report(
                    path + ".connection",
                    "no connection \"" + warehouse.connection() + "\"",
                    Nearest.hintOrList(warehouse.connection(), file.connections().keySet()));
              }
              warehouse
                  .schema()
                  .filter(schema -> !SCHEMA.matcher(schema).matches())
                  .ifPresent(
                      schema ->
                          problems.report(
                              path + ".schema",
                              "\"" + schema + "\" is not a schema",
                              "use letters, 0-9 and _"));
            });
  }
}
