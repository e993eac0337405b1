package io.headgate.stores;

import io.headgate.api.Connection;
import io.headgate.api.TaskFailure;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The properties of a connection, read by the store whose kind it is. */
public final class ConnectionProperties {
  private final Connection connection;

  private ConnectionProperties(Connection connection) {
    this.connection = connection;
  }

  /**
   * The connection's properties.
   *
   * @param known the keys that the kind has
   * @throws TaskFailure 78 for a key that it has not, naming the nearest
   */
  public static ConnectionProperties of(Connection connection, Collection<String> known) {
    for (String key : new TreeSet<>(connection.properties().keySet())) {
      if (!known.contains(key)) {
        String nearest =
            known.stream().min(Comparator.comparingInt(other -> distance(key, other))).orElse("");
        throw TaskFailure.configuration(
            "connection %s of kind %s has no key \"%s\""
                .formatted(connection.name(), connection.kind(), key),
            "did you mean \"" + nearest + "\"? It has " + String.join(", ", List.copyOf(known)));
      }
    }
    return new ConnectionProperties(connection);
  }

  /** A value that may be left out; a blank one is. */
  public Optional<String> text(String key) {
    return Optional.ofNullable(connection.properties().get(key))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  /**
   * A value that must be there.
   *
   * @throws TaskFailure 78 when it is not
   */
  public String required(String key) {
    return text(key)
        .orElseThrow(
            () ->
                TaskFailure.configuration(
                    "connection " + connection.name() + " has no " + key,
                    "set " + key + " in headgate.yaml"));
  }

  /** A TCP port. */
  public int port(String key, int otherwise) {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      int port = Integer.parseInt(text.get());
      if (port > 0 && port < 65_536) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw noPort(key, text.get());
    }
    throw noPort(key, text.get());
  }

  private TaskFailure noPort(String key, String text) {
    return TaskFailure.configuration(
        "%s of connection %s cannot be \"%s\"".formatted(key, connection.name(), text),
        "write a number from 1 to 65535");
  }

  /** Whether a switch is on. */
  public boolean on(String key, boolean otherwise) {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return otherwise;
    }
    Boolean value = Map.of("true", true, "false", false).get(text.get());
    if (value == null) {
      throw TaskFailure.configuration(
          "%s of connection %s cannot be \"%s\"".formatted(key, connection.name(), text.get()),
          "write true or false");
    }
    return value;
  }

  /** How many letters must be changed, added or left out. */
  private static int distance(String left, String right) {
    int[] above = new int[right.length() + 1];
    for (int j = 0; j < above.length; j++) {
      above[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int[] row = new int[above.length];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int changed = above[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(changed, Math.min(above[j], row[j - 1]) + 1);
      }
      above = row;
    }
    return above[right.length()];
  }
}
