package io.headgate.model;

import io.headgate.api.Connection;
import io.headgate.api.TaskFailure;
import io.headgate.model.bind.Nearest;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The connections of a project. A secret is read when its connection is resolved, not before. */
public final class Connections {
  private final Map<String, ConnectionFile> connections;
  private final Secrets secrets;

  Connections(Map<String, ConnectionFile> connections, Secrets secrets) {
    this.connections = connections;
    this.secrets = secrets;
  }

  /**
   * The connection with its secrets resolved; the redactor knows them from then on.
   *
   * @throws TaskFailure 78 when there is none of that name or a secret cannot be read
   */
  public Connection resolve(String name) {
    @Nullable ConnectionFile file = connections.get(name);
    if (file == null) {
      throw TaskFailure.configuration(
          "headgate.yaml has no connection \"" + name + "\"",
          Nearest.hintOrList(name, connections.keySet()));
    }
    Map<String, String> properties = new LinkedHashMap<>();
    Set<String> secretKeys = new LinkedHashSet<>();
    file.properties()
        .forEach(
            (key, text) -> {
              Template template = Secrets.parse(text);
              boolean secret = !template.references().isEmpty() && SecretKeys.masked(key);
              properties.put(
                  key, secrets.fill(template, "connections." + name + "." + key, secret));
              if (secret) {
                secretKeys.add(key);
              }
            });
    return new Connection(name, file.kind(), properties, secretKeys);
  }
}
